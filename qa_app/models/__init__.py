"""All models, shared by the rooms; one file per thing. Import them from here."""

from qa_app.models.agent import UNASSIGNED_TEAM, Agent, AgentIdentity, Team
from qa_app.models.appeal import (
    Appeal,
    AppealAnswer,
    AppealEvidence,
    AppealKind,
    AppealRecheck,
    AppealState,
    PointDecision,
    RecheckState,
)
from qa_app.models.assessment import (
    AssessmentPeriod,
    AssessmentPolicy,
    PeriodRevision,
    PeriodState,
    PolicyVersion,
    RevisionInput,
    Sheet,
    SheetComment,
    SheetState,
)
from qa_app.models.audit_event import FIRST_HASH, AuditEvent, AuditHead
from qa_app.models.bulk_deed import BulkDeed
from qa_app.models.calibration import (
    CalibrationConversation,
    CalibrationMember,
    CalibrationNote,
    CalibrationRuling,
    CalibrationSession,
)
from qa_app.models.coaching import (
    ActionSource,
    ActionState,
    CoachingAction,
    CoachingExcerpt,
    CoachingMaterial,
    MaterialKind,
)
from qa_app.models.conversation import (
    Channel,
    Conversation,
    Message,
    Recording,
    Speaker,
    SurveyResponse,
    TranscriptSegment,
)
from qa_app.models.counting import counts_in_estimates, ruled_critical, settle_critical
from qa_app.models.evaluation import Rating, RatingKind, RatingRound, TestKind, TestResult
from qa_app.models.import_run import ImportRejection, ImportRun
from qa_app.models.inspection import Answer, Evidence, EvidenceKind, Inspection, InspectionRevision, InspectionState
from qa_app.models.job_run import ExportFile, JobRun, JobState
from qa_app.models.library import (
    Attendance,
    AttendanceState,
    CaseKind,
    CaseState,
    LibraryCase,
    TrainingKind,
    TrainingSession,
)
from qa_app.models.notice import Delivery, Notice, NoticeChoice, NoticeGroup, NoticeKind
from qa_app.models.organisation import CalendarDay, Organisation
from qa_app.models.recording_features import CallFeatures, MutedRange
from qa_app.models.retention import FileRemoval, LegalHold, RetentionRule
from qa_app.models.rubric import Rubric, RubricVersion, VersionState
from qa_app.models.rule import CheckRule, RuleProposal, RuleResult, RuleState, RuleVersion
from qa_app.models.sampling import Assignment, AssignmentState, Draw, Sample, SamplePurpose, SampleState, SamplingPlan
from qa_app.models.saved_filter import SavedFilter
from qa_app.models.screening import MachineScore, ScreeningModel
from qa_app.models.script import Script, ScriptVersion
from qa_app.models.search import SearchEntry
from qa_app.models.standard import EvidenceRestart, PerformanceStandard
from qa_app.models.user import Role, RoleName, User, WebAuthn, team_supervisors
from qa_app.models.user_device import UserDevice

__all__ = [
    "FIRST_HASH",
    "UNASSIGNED_TEAM",
    "ActionSource",
    "ActionState",
    "Agent",
    "AgentIdentity",
    "Answer",
    "Appeal",
    "AppealAnswer",
    "AppealEvidence",
    "AppealKind",
    "AppealRecheck",
    "AppealState",
    "AssessmentPeriod",
    "AssessmentPolicy",
    "Assignment",
    "AssignmentState",
    "Attendance",
    "AttendanceState",
    "AuditEvent",
    "AuditHead",
    "BulkDeed",
    "CalendarDay",
    "CalibrationConversation",
    "CalibrationMember",
    "CalibrationNote",
    "CalibrationRuling",
    "CalibrationSession",
    "CallFeatures",
    "CaseKind",
    "CaseState",
    "Channel",
    "CheckRule",
    "CoachingAction",
    "CoachingExcerpt",
    "CoachingMaterial",
    "Conversation",
    "Delivery",
    "Draw",
    "Evidence",
    "EvidenceKind",
    "EvidenceRestart",
    "ExportFile",
    "FileRemoval",
    "ImportRejection",
    "ImportRun",
    "Inspection",
    "InspectionRevision",
    "InspectionState",
    "JobRun",
    "JobState",
    "LegalHold",
    "LibraryCase",
    "MachineScore",
    "MaterialKind",
    "Message",
    "MutedRange",
    "Notice",
    "NoticeChoice",
    "NoticeGroup",
    "NoticeKind",
    "Organisation",
    "PerformanceStandard",
    "PeriodRevision",
    "PeriodState",
    "PointDecision",
    "PolicyVersion",
    "Rating",
    "RatingKind",
    "RatingRound",
    "RecheckState",
    "Recording",
    "RetentionRule",
    "RevisionInput",
    "Role",
    "RoleName",
    "Rubric",
    "RubricVersion",
    "RuleProposal",
    "RuleResult",
    "RuleState",
    "RuleVersion",
    "Sample",
    "SamplePurpose",
    "SampleState",
    "SamplingPlan",
    "SavedFilter",
    "ScreeningModel",
    "Script",
    "ScriptVersion",
    "SearchEntry",
    "Sheet",
    "SheetComment",
    "SheetState",
    "Speaker",
    "SurveyResponse",
    "Team",
    "TestKind",
    "TestResult",
    "TrainingKind",
    "TrainingSession",
    "TranscriptSegment",
    "User",
    "UserDevice",
    "VersionState",
    "WebAuthn",
    "counts_in_estimates",
    "ruled_critical",
    "settle_critical",
    "team_supervisors",
]
