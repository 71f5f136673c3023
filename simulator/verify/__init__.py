"""Verification: small centres whose exact numbers are known, run through the whole product.

:mod:`exact` computes what theory says, :mod:`cases` pairs it with scenario files, :mod:`verdict` simulates and judges.
"""
