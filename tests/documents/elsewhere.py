"""Facts of a step that its papers rightly leave out, each with where it stands instead."""

from __future__ import annotations

ELSEWHERE: dict[str, str] = {
    "decision_no": "the house gives the number itself",
    "heavier_penalty": "decides on the listing, is no word of the decision",
    "penalty.decide_refer_criminal:threshold_rule": "is confided to the referral, on whose papers it stands",
    "penalty.decide_refer_criminal:threshold_facts": "is confided to the referral, on whose papers it stands",
    "uscc": "stands among the party's identifiers",
    "party": "is the party",
    "task_no": "the task is named",
    "plan_no": "the plan is named",
    "receiver_kind": "decides how to send, is no word of the letter",
    "special_equipment": "chooses the term of re-inspection",
    "urgent_ground": "is why the step was taken out of turn; stands on the timeline",
    "rule_id": "the rules of the ruling are printed",
    "sent_on": "is written on the letter by the post that sends it",
    "published_on": "stands on the proof of publication",
    "publication_url": "stands on the proof of publication",
    "repair_regime": "chooses the term",
    "case_no": "is the number of another authority's paper",
    "remedy_kind": "stands on the paper of the authority that decides on the remedy",
    "remedy_result": "stands on the paper of the authority that decides on the remedy",
    "threshold_rule": "belongs to the referral and to no paper of the case",
    "demanded_on": "is the day of service on the receipt",
    "transfer.resend:reason": "is why a letter was sent again; stands on the timeline",
    "copy_notice.resend:reason": "is why a letter was sent again; stands on the timeline",
    "transfer.refuse_transfer:reason": "a letter that was refused is never sent",
    "copy_notice.refuse_copy:reason": "a letter that was refused is never sent",
    "criminal_referral.note_prior_penalty:decided_on": "stands on the decision that another chart issued",
}
