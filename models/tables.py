"""Importing this module knows every table."""

import models.leading
import models.tallying  # noqa: F401  # whoever makes the tables has them kept
from models.account import KnownBrowser, SecondFactor, Session, Token, User, VouchedSession
from models.archive import ErasedPaper, ErasedPayload, Erasure, ErasureDecision, LegalHold, LegalHoldAct
from models.backtest import BacktestChange, BacktestCriminal, BacktestRun, BacktestTurn
from models.calendar import CalendarNotice, CalendarRecount
from models.carrier import CarrierAnswer, CarrierBundle, CarrierContent, CarrierPacking
from models.case import Finding, Inspection, Party, Proceeding
from models.deadline import Deadline
from models.delegation import Delegation, DelegationEnd
from models.draft import Draft
from models.duty_report import DutyReport
from models.edition import RulebookEdition, RulebookProof
from models.entry import CommandKey, Entry, Payload
from models.exchange import Destination, LinkedSystem, Message, MessageSeries, Receipt, SealedMessage
from models.house_time import TimeBeat, TimeLeap
from models.incoming import Incoming, IncomingArrival, IncomingDeadline, IncomingPerson
from models.job import Job, JobPart
from models.lead import RecordLead
from models.log import LogCheckpoint, LogDoubt, LogLeaf, RefusedAttempt
from models.notice import AdminEntry, Mark, Notice, Proposal
from models.paper import Attachment, Document, Series
from models.paper_template import PaperTemplate, TemplateChange
from models.recusal import Recusal, RecusalDecision
from models.referral import Referral, ReferralDeadline, ReferralHand, ReferralListed, ReferralReading
from models.restoration import Restoration
from models.search import SearchKey, SearchRecord
from models.tally import ClosedTally
from models.work_view import WorkView

APPEND_ONLY = (
    *(Entry, Payload, CommandKey, Receipt, AdminEntry, ReferralReading, RulebookEdition),
    *(CalendarNotice, CalendarRecount, DutyReport, Delegation, DelegationEnd, SealedMessage),
    *(CarrierBundle, CarrierContent, CarrierPacking, CarrierAnswer),
    *(IncomingArrival, Restoration, LogLeaf, LogCheckpoint, RefusedAttempt, Recusal, RecusalDecision),
    *(PaperTemplate, TemplateChange),
    *(LegalHold, LegalHoldAct, Erasure, ErasureDecision, ErasedPayload, ErasedPaper),
)
"""Tables whose rows may not be deleted, payloads but where an erasure names them; entries may not be changed either.

See the guards in the migrations.
"""

__all__ = [
    "APPEND_ONLY",
    "AdminEntry",
    "Attachment",
    "BacktestChange",
    "BacktestCriminal",
    "BacktestRun",
    "BacktestTurn",
    "CalendarNotice",
    "CalendarRecount",
    "CarrierAnswer",
    "CarrierBundle",
    "CarrierContent",
    "CarrierPacking",
    "ClosedTally",
    "CommandKey",
    "Deadline",
    "Delegation",
    "DelegationEnd",
    "Destination",
    "Document",
    "Draft",
    "DutyReport",
    "Entry",
    "ErasedPaper",
    "ErasedPayload",
    "Erasure",
    "ErasureDecision",
    "Finding",
    "Incoming",
    "IncomingArrival",
    "IncomingDeadline",
    "IncomingPerson",
    "Inspection",
    "Job",
    "JobPart",
    "KnownBrowser",
    "LegalHold",
    "LegalHoldAct",
    "LinkedSystem",
    "LogCheckpoint",
    "LogDoubt",
    "LogLeaf",
    "Mark",
    "Message",
    "MessageSeries",
    "Notice",
    "PaperTemplate",
    "Party",
    "Payload",
    "Proceeding",
    "Proposal",
    "Receipt",
    "RecordLead",
    "Recusal",
    "RecusalDecision",
    "Referral",
    "ReferralDeadline",
    "ReferralHand",
    "ReferralListed",
    "ReferralReading",
    "RefusedAttempt",
    "Restoration",
    "RulebookEdition",
    "RulebookProof",
    "SealedMessage",
    "SearchKey",
    "SearchRecord",
    "SecondFactor",
    "Series",
    "Session",
    "TemplateChange",
    "TimeBeat",
    "TimeLeap",
    "Token",
    "User",
    "VouchedSession",
    "WorkView",
]
