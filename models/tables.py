"""Importing this module knows every table."""

from models.account import Session, Token, User
from models.backtest import BacktestChange, BacktestCriminal, BacktestRun, BacktestTurn
from models.calendar import CalendarNotice, CalendarRecount
from models.carrier import CarrierAnswer, CarrierBundle, CarrierContent, CarrierPacking
from models.case import Finding, Inspection, Party, Proceeding
from models.deadline import Deadline
from models.delegation import Delegation, DelegationEnd
from models.duty_report import DutyReport
from models.edition import RulebookEdition, RulebookProof
from models.entry import CommandKey, Entry, Payload
from models.exchange import Destination, LinkedSystem, Message, MessageSeries, Receipt, SealedMessage
from models.house_time import TimeBeat, TimeLeap
from models.incoming import Incoming, IncomingArrival, IncomingDeadline, IncomingPerson
from models.notice import AdminEntry, Mark, Notice, Proposal
from models.paper import Attachment, Document, Series
from models.recusal import Recusal, RecusalDecision
from models.referral import Referral, ReferralDeadline, ReferralListed, ReferralReading

APPEND_ONLY = (
    *(Entry, Payload, CommandKey, Receipt, AdminEntry, ReferralReading, RulebookEdition),
    *(CalendarNotice, CalendarRecount, DutyReport, Delegation, DelegationEnd, SealedMessage),
    *(CarrierBundle, CarrierContent, CarrierPacking, CarrierAnswer),
    *(IncomingArrival, Recusal, RecusalDecision),
)
"""Tables whose rows may not be deleted; entries may not be changed either. See the guards in the migrations."""

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
    "CommandKey",
    "Deadline",
    "Delegation",
    "DelegationEnd",
    "Destination",
    "Document",
    "DutyReport",
    "Entry",
    "Finding",
    "Incoming",
    "IncomingArrival",
    "IncomingDeadline",
    "IncomingPerson",
    "Inspection",
    "LinkedSystem",
    "Mark",
    "Message",
    "MessageSeries",
    "Notice",
    "Party",
    "Payload",
    "Proceeding",
    "Proposal",
    "Receipt",
    "Recusal",
    "RecusalDecision",
    "Referral",
    "ReferralDeadline",
    "ReferralListed",
    "ReferralReading",
    "RulebookEdition",
    "RulebookProof",
    "SealedMessage",
    "Series",
    "Session",
    "TimeBeat",
    "TimeLeap",
    "Token",
    "User",
]
