"""Long work: started by a service, run by `flask worker`, with progress a person can see, leave and find again.

`@job("kind")` registers a handler, `start_job` notes a run and hands its id to the queue once the
transaction has committed. `@duty("name")` registers what the worker does by itself every hour,
`@on_failure` what an upper room does about a job that failed. The queue is Huey on SQLite, PostgreSQL or Redis by one
setting.
"""

from qa_app.jobs.duties import duty
from qa_app.jobs.progress import NoProgress, Progress, Stopped
from qa_app.jobs.registry import follow, follow_up, job, on_failure
from qa_app.jobs.service import request_stop, retry_job, start_job

__all__ = [
    "NoProgress",
    "Progress",
    "Stopped",
    "duty",
    "follow",
    "follow_up",
    "job",
    "on_failure",
    "request_stop",
    "retry_job",
    "start_job",
]
