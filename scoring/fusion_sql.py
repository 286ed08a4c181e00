"""Eq. 1 of the paper as a database expression; tests hold it equal to scoring.fusion.final_score."""

from django.db.models import Case, F, FloatField, Value, When

from scoring.fusion import check_weights


def final_expression(alpha: float, theta: float) -> Case:
    """Final score of a row with similarity, match_end and match_cloud; NULL where it is unknown."""
    check_weights(alpha, theta)
    mixed = Value(alpha, FloatField()) * F("similarity") + Value(1 - alpha, FloatField()) * F("match_end")
    return Case(
        When(match_cloud__isnull=True, then=Value(None, FloatField())),
        When(match_cloud__lt=theta, then=F("similarity")),
        default=mixed,
        output_field=FloatField(),
    )
