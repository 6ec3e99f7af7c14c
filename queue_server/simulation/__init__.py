"""Whole days in virtual time: people, clerks and faults drawn by chance, decided by the real core, judged as they go.

What chance decides is drawn before a day begins (`scripts`), the same for every rule that is tried; the day is then
played without any (`days`). So two rules meet the same people, and one seed gives one result.
"""
