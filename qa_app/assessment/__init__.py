"""The month: for HR, to compute, review, approve and publish every agent's sheet from inputs frozen as they were."""
