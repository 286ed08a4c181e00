"""What is watched. A new subject is a file here and its line in SUBJECTS."""

from ecc_site.watch.subjects import (
    among_people,
    coverage,
    empty,
    final_score,
    invented_numbers,
    loops,
    overlong,
    theta_rule,
    with_people,
)
from ecc_site.watch.subjects.base import Subject

SUBJECTS: dict[str, Subject] = {  # in the order in which they are shown; the key is stored
    "lower_quartile": final_score.LOWER_QUARTILE,
    "median": final_score.MEDIAN,
    "upper_quartile": final_score.UPPER_QUARTILE,
    "theta_rule": theta_rule.SUBJECT,
    "coverage": coverage.SUBJECT,
    "empty": empty.SUBJECT,
    "overlong": overlong.SUBJECT,
    "loops": loops.SUBJECT,
    "invented_numbers": invented_numbers.SUBJECT,
    "with_people": with_people.SUBJECT,
    "among_people": among_people.SUBJECT,
}
