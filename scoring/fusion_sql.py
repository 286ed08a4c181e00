"""Eq. 1 of the paper as a database expression; tests compare it with scoring.fusion.final_score."""

from django.db.models import Case, F, FloatField, Value, When
from django.db.models.lookups import IsNull, LessThan

from scoring.fusion import COMPONENTS, check_weights


def final_expression(alpha: float, theta: float) -> Case:
    """Final score of a row with the components of Eq. 1; NULL where it is unknown."""
    check_weights(alpha, theta)
    similarity, match_end, match_cloud = map(F, COMPONENTS)
    mixed = Value(alpha, FloatField()) * similarity + Value(1 - alpha, FloatField()) * match_end
    return Case(
        When(IsNull(match_cloud, True), then=Value(None, FloatField())),
        When(LessThan(match_cloud, theta), then=similarity),
        default=mixed,
        output_field=FloatField(),
    )
