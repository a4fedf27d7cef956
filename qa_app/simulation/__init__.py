"""For the QA lead: what are our numbers worth, and what would another plan of inspections make of them."""
