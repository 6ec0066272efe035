"""Joining a network: applications, who decides at each step, certificates, yearly reports and renewals."""
