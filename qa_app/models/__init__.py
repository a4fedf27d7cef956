"""All models, shared by the rooms; one file per thing. Import them from here."""

from qa_app.models.agent import UNASSIGNED_TEAM, Agent, AgentIdentity, Team
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
from qa_app.models.conversation import (
    Channel,
    Conversation,
    Message,
    Recording,
    Speaker,
    SurveyResponse,
    TranscriptSegment,
)
from qa_app.models.import_run import ImportRejection, ImportRun
from qa_app.models.inspection import Answer, Evidence, EvidenceKind, Inspection, InspectionState
from qa_app.models.job_run import ExportFile, JobRun, JobState
from qa_app.models.organisation import CalendarDay, Organisation
from qa_app.models.rubric import Rubric, RubricVersion, VersionState
from qa_app.models.sampling import Assignment, AssignmentState, Draw, Sample, SampleState, SamplingPlan
from qa_app.models.screening import MachineScore, ScreeningModel
from qa_app.models.standard import EvidenceRestart, PerformanceStandard
from qa_app.models.user import Role, RoleName, User, WebAuthn, team_supervisors
from qa_app.models.user_device import UserDevice

__all__ = [
    "FIRST_HASH",
    "UNASSIGNED_TEAM",
    "Agent",
    "AgentIdentity",
    "Answer",
    "AssessmentPeriod",
    "AssessmentPolicy",
    "Assignment",
    "AssignmentState",
    "AuditEvent",
    "AuditHead",
    "CalendarDay",
    "Channel",
    "Conversation",
    "Draw",
    "Evidence",
    "EvidenceKind",
    "EvidenceRestart",
    "ExportFile",
    "ImportRejection",
    "ImportRun",
    "Inspection",
    "InspectionState",
    "JobRun",
    "JobState",
    "MachineScore",
    "Message",
    "Organisation",
    "PerformanceStandard",
    "PeriodRevision",
    "PeriodState",
    "PolicyVersion",
    "Recording",
    "RevisionInput",
    "Role",
    "RoleName",
    "Rubric",
    "RubricVersion",
    "Sample",
    "SampleState",
    "SamplingPlan",
    "ScreeningModel",
    "Sheet",
    "SheetComment",
    "SheetState",
    "Speaker",
    "SurveyResponse",
    "Team",
    "TranscriptSegment",
    "User",
    "UserDevice",
    "VersionState",
    "WebAuthn",
    "team_supervisors",
]
