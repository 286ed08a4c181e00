import subprocess
import sys

from ecc_site.launch.options import ROOT

# In a process of its own, since everything below it is ended.
START_A_STUBBORN_FAMILY_AND_END_IT = """
import subprocess
import psutil
from ecc_site.launch import orphans

stubborn = "trap '' TERM; echo ready; while :; do sleep 1; done"
for own_session in (False, True):
    child = subprocess.Popen(["sh", "-c", stubborn], stdout=subprocess.PIPE, start_new_session=own_session)
    child.stdout.readline()
orphans.end_all(patience_s=0.2)
print(psutil.Process().children(recursive=True))
"""


def test_descendants_that_refuse_to_end_are_killed_also_in_a_session_of_their_own():
    command = [sys.executable, "-c", START_A_STUBBORN_FAMILY_AND_END_IT]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=20)
    assert done.stdout == "[]\n"
