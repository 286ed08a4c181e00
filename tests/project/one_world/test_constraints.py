"""Every constraint of the database refuses what it is there to refuse."""

import uuid

import pytest
from django.db import IntegrityError, connection, models, transaction

from dialogues.models import Answer, Comparison, Dialogue, GivenVerdict, Turn, UndoJob
from knowledge.models import Clock
from review.models import MakeRoundJob, TakeOverJob
from tests.project.ours import our_models
from training.models import LabelSync

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def again(row, **values) -> None:
    """Store a copy of a row with these values."""
    fields = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if not f.primary_key}
    type(row).objects.create(**{**fields, **values})


def change(row, **values) -> None:
    type(row).objects.filter(pk=row.pk).update(**values)


CASES = {
    "response_once_a_key": lambda w: again(w.stored_response, digest="other"),
    "version_kind": lambda w: change(w.end_version, kind="edge"),
    "only_end_models_have_adapters": lambda w: change(w.cloud_version, adapter="lora"),
    "only_end_models_read_the_memory": lambda w: change(w.cloud_version, reads_memory=True),
    "an_arm_has_weights_and_a_memory": lambda w: change(w.end_version, memory_revision=1),
    "one_arm_a_revision": lambda w: again(w.arm, name="other"),
    "one_arm_a_fixed_memory": lambda w: again(w.fixed_arm, name="other"),
    "fixed_memory_once": lambda w: again(w.fixed_memory),
    "quoted_set_once": lambda w: again(w.quoted_set),
    "quoted_once_in_a_set": lambda w: again(w.quote),
    "clock_only_one": lambda w: Clock.objects.create(pk=2),
    "entry_kind": lambda w: change(w.entry, kind="idea"),
    "entry_state": lambda w: change(w.entry, state="lost"),
    "entry_valid_from_until": lambda w: change(w.entry, valid_from="2026-05-02", valid_until="2026-05-01"),
    "entry_has_a_text": lambda w: change(w.entry, text=""),
    "entry_once_a_revision": lambda w: again(w.entry.revisions.get()),
    "pair_once": lambda w: again(w.pair),
    "pair_in_order": lambda w: change(w.pair, first=w.other_entry.pk, second=w.entry.pk),
    "pair_kind": lambda w: change(w.pair, kind="friends"),
    "entry_used_once_an_answer": lambda w: again(w.used_entry),
    "dialogue_once_in_dataset": lambda w: again(w.dialogue),
    "dialogue_language": lambda w: change(w.dialogue, language="fr"),
    "dialogue_split": lambda w: change(w.dialogue, split="all"),
    "turn_position_once": lambda w: again(w.turn),
    "turn_role": lambda w: change(w.agent_turn, role="robot"),
    "only_customers_ask": lambda w: change(w.agent_turn, is_open=True),
    "answer_once_a_version": lambda w: again(w.end, text="other"),
    "one_human_answer_a_turn": lambda w: again(w.human, text="other", settings_hash="other"),
    "annotator_answer_once": lambda w: again(w.written, text="other"),
    "a_version_exactly_where_a_model_wrote": lambda w: change(w.human, version=w.end_version),
    "coverage_once": lambda w: again(w.coverage),
    "comparison_once": lambda w: again(w.comparison, kind="human"),
    "comparison_kind": lambda w: change(w.comparison, kind="robot"),
    "comparison_of_two_answers": lambda w: change(w.comparison, reference=w.end),
    "dataset_builtin": lambda w: change(w.dataset, builtin="mine"),
    "dataset_builtin_once": lambda w: again(w.builtin_dataset, name="other"),
    "dataset_retention": lambda w: change(w.dataset, retention_days=0),
    "one_retention_job_at_a_time": lambda w: again(w.retention_job),
    "erase_job_is_of_chosen_or_of_old_ones": lambda w: change(w.retention_job, older_than_days=None),
    "turn_learned_once_a_run": lambda w: again(w.learned_turn),
    "eval_set_once_for_its_purpose": lambda w: again(w.gate_set, name="other"),
    "eval_set_has_its_dataset": lambda w: change(w.gate_set, dataset=None),
    "experiment_once": lambda w: again(w.experiment),
    "eval_item_once": lambda w: again(w.eval_item),
    "one_undo_an_import": lambda w: [UndoJob.objects.create(import_job=w.import_job) for _ in range(2)],
    "one_export_of_all": lambda w: again(w.queued_export_job),
    "one_export_of_an_annotator": lambda w: again(w.own_export_job),
    "one_take_over_a_dataset": lambda w: [TakeOverJob.objects.create(dataset=w.dataset) for _ in range(2)],
    "tag_kind": lambda w: change(w.tag, kind="mood"),
    "example_once_a_tag": lambda w: again(w.tag_example),
    "tag_once_a_turn": lambda w: again(w.turn_tag, state="refused"),
    "one_confirmed_tag_of_a_kind": lambda w: again(w.turn_tag, tag_id=w.topic.pk),
    "one_suggested_tag_of_a_kind": lambda w: again(w.suggestion, tag_id=w.tag.pk),
    "turn_tag_state": lambda w: change(w.suggestion, state="confirmed"),
    "turn_tag_similarity_in_unit": lambda w: change(w.suggestion, similarity=1.01),
    "one_suggest_tags_job_a_dataset": lambda w: again(w.suggest_tags_job),
    "given_preference": lambda w: GivenVerdict.objects.update(preference="x"),
    "turn_formula": lambda w: Turn.objects.filter(pk=w.turn.pk).update(formula="x"),
    "one_answer_job_at_a_time": lambda w: again(w.answer_job, state="running"),
    "one_answer_job_an_eval_set": lambda w: again(w.set_answer_job, state="running"),
    "scorer_set_theta_in_unit": lambda w: change(w.scorer_set, theta=1.01),
    "profile_revision_once": lambda w: again(w.profile, active=False),
    "one_active_profile": lambda w: again(w.profile, revision=2),
    "profile_in_unit": lambda w: change(w.profile, alpha=-0.01),
    "score_once_a_scorer_set": lambda w: again(w.score),
    "score_in_unit": lambda w: change(w.score, final=1.01),
    "nearest_looked_for_once": lambda w: again(w.queued_nearest_job),
    "embedding_once": lambda w: again(w.embedding, numbers=b"other"),
    "one_profile_job_at_a_time": lambda w: again(w.profile_job),
    "one_score_job_at_a_time": lambda w: again(w.score_job),
    "round_overlap": lambda w: change(w.round, overlap=21),
    "round_overlap_share": lambda w: change(w.round, overlap_share=1.01),
    "a_round_is_made_once": lambda w: [MakeRoundJob.objects.create(round=w.round) for _ in range(2)],
    "figures_are_worked_out_once": lambda w: again(w.queued_figures_job),
    "calibration_figures_once": lambda w: again(w.calibration_figures),
    "one_calibration_job_a_filter": lambda w: again(w.queued_calibration_job),
    "one_active_learned_scorer": lambda w: again(w.learned_scorer),
    "participation_once": lambda w: again(w.participation),
    "guideline_version_once": lambda w: again(w.guideline),
    "skipped_once_by_an_annotator": lambda w: again(w.skip, reason="broken"),
    "round_purpose": lambda w: change(w.round, purpose="fun"),
    "comparison_once_in_round": lambda w: again(w.item, position=9),
    "assignment_number_once": lambda w: again(w.free_assignment),
    "annotator_once_at_a_dialogue": lambda w: change(w.free_assignment, annotator=w.annotator, state="taken"),
    "assignment_number_in_overlap": lambda w: change(w.free_assignment, n=0),
    "a_taken_assignment_has_an_annotator": lambda w: change(w.free_assignment, state="taken"),
    "verdict_once": lambda w: again(w.verdict, assignment_id=w.free_assignment.pk, current_id=None),
    "active_verdict_once_an_assignment": lambda w: again(w.verdict, annotator_id=w.other.pk, current_id=None),
    "a_verdict_has_an_assignment": lambda w: change(w.verdict, assignment=None),
    "revision_preference": lambda w: change(w.revision, preference="none"),
    "revision_left_side": lambda w: change(w.revision, left_side="both"),
    "revision_rating": lambda w: change(w.revision, rating=6),
    "label_once_a_source": lambda w: again(w.label, chosen=False),
    "one_chosen_label_a_turn": lambda w: change(w.teacher_label, chosen=True),
    "no_label_on_a_test_dialogue": lambda w: change(w.label, split="test"),
    "no_rejected_label_is_chosen": lambda w: change(w.label, rejected=True),
    "label_source_fits_its_origin": lambda w: change(w.label, cloud_call=w.call),
    "label_sync_only_one": lambda w: LabelSync.objects.create(pk=2),
    "label_of_person_has_origin": lambda w: change(w.label, origin=""),
    "paraphrase_once_a_label": lambda w: again(w.paraphrase),
    "paraphrase_similarity": lambda w: change(w.paraphrase, similarity=1.01),
    "run_wordings": lambda w: change(w.draft_run, wordings=21),
    "run_replay_share": lambda w: change(w.draft_run, replay_share=1.0),
    "one_label_job_at_a_time": lambda w: again(w.running_label_job),
    "label_job_nearest": lambda w: change(w.label_job, nearest_count=501),
    "one_teacher_table_at_a_time": lambda w: again(w.table_job),
    "one_active_preparation_per_run": lambda w: again(w.preparation_job),
    "one_active_job_per_experiment": lambda w: again(w.table6_job),
    "one_merge_job_at_a_time": lambda w: again(w.merge_job),
    "assessment_once": lambda w: again(w.assessment, number=2),
    "assessment_number_once": lambda w: again(w.assessment, candidate_id=w.arm.pk),
    "assessment_number_from_one": lambda w: change(w.assessment, number=0),
    "one_assessment_job_at_a_time": lambda w: again(w.assessment_job),
    "label_job_examples": lambda w: change(w.label_job, example_count=501),
    "label_job_leaves_test_alone": lambda w: change(w.label_job, split="test"),
    "one_running_run": lambda w: change(w.draft_run, state="running"),
    "loss_point_once": lambda w: again(w.loss_point),
    "measured_once_a_window": lambda w: again(w.measurement, value=0.5),
    "measurement_window_in_order": lambda w: change(w.measurement, last_id=w.measurement.first_id - 1),
    "bound_once_a_dataset": lambda w: again(w.bound, value=0.5),
    "bound_once_for_all": lambda w: again(w.general_bound, value=0.5),
    "one_lasting_alert": lambda w: again(w.alert, state="acknowledged"),
    "alert_is_over_with_an_ending": lambda w: change(w.old_alert, ending=""),
    "recipient_once": lambda w: again(w.recipient),
    "recipient_channel": lambda w: change(w.recipient, channel="pigeon"),
    "only_webhooks_have_a_secret": lambda w: change(w.webhook, secret=""),
    "told_once_of_an_alert": lambda w: again(w.delivery, key=uuid.uuid4()),
    "delivery_state": lambda w: change(w.delivery, state="lost"),
    "checkpoint_once_a_step": lambda w: again(w.checkpoint, version_id=w.end_version.pk),
}


def constraints() -> dict[str, tuple[type[models.Model], models.BaseConstraint]]:
    return {constraint.name: (model, constraint) for model in our_models() for constraint in model._meta.constraints}


def test_every_constraint_has_a_case():
    assert set(CASES) == set(constraints())


@pytest.mark.parametrize("name", CASES)
def test_the_constraint_refuses(name, world, person):
    world.other = person("other", "annotator")
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        CASES[name](world)
    assert words_of(name) in str(refused.value)


def words_of(name: str) -> str:
    """How the database names the constraint; SQLite names the columns where they have to be unique."""
    model, constraint = constraints()[name]
    if connection.vendor == "sqlite" and isinstance(constraint, models.UniqueConstraint):
        columns = (model._meta.get_field(field).column for field in constraint.fields)
        return "UNIQUE constraint failed: " + ", ".join(f"{model._meta.db_table}.{column}" for column in columns)
    return name


# --- and lets pass what is right, where a constraint has a condition


def test_a_model_answer_needs_its_version(world):
    with pytest.raises(IntegrityError), transaction.atomic():
        again(world.end, version_id=None, settings_hash="other")


@pytest.mark.parametrize("name", ["similarity", "match_end", "match_cloud", "final"])
@pytest.mark.parametrize("value", [-0.01, 1.01])
def test_each_component_of_a_score_stays_between_0_and_1(world, name, value):
    change(world.score, **{name: 0}), change(world.score, **{name: 1}), change(world.score, **{name: None})
    with pytest.raises(IntegrityError), transaction.atomic():
        change(world.score, **{name: value})


def test_what_differs_in_one_point_is_no_repetition(world):
    again(world.end, settings_hash="other settings")
    again(world.written, settings_hash="another text")
    again(world.turn, position=5)
    again(world.profile, revision=2, active=False)
    again(world.answer_job, state="done")
    assert Answer.objects.filter(turn=world.turn).count() == 6
    assert Turn.objects.filter(dialogue=world.dialogue).count() == 3


def test_free_assignments_have_no_annotator_and_may_be_many(world):
    again(world.free_assignment, n=3)
    with pytest.raises(IntegrityError), transaction.atomic():
        change(world.free_assignment, annotator=world.annotator)


def test_a_key_of_a_request_writes_one_revision(world):
    with pytest.raises(IntegrityError), transaction.atomic():
        again(world.revision)
    again(world.revision, key=uuid.uuid4())


def test_a_dataset_takes_its_dialogues_along_but_not_the_verdicts_of_people(world):
    with pytest.raises(models.ProtectedError):
        world.dataset.delete()
    assert Dialogue.objects.filter(pk=world.dialogue.pk).exists()
    assert Comparison.objects.filter(pk=world.comparison.pk).exists()
