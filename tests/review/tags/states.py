"""What the tags of a turn are by now."""

from review.models import TurnTag


def states(turn) -> dict[str, str]:
    return {row.tag.name: row.state for row in TurnTag.objects.filter(turn=turn).select_related("tag")}
