"""What changes over time: control charts of means and shares, Pareto of lost points, what is new or rising.

For the QA lead and for reports. Series of figures in, points with limits and codes out; nothing here reads a clock.
"""
