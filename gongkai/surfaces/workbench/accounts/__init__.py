"""Logging in and out, passwords, one-time codes and the limits of sessions (登录与账号安全).

django-allauth does the steps of a login, django-axes counts failures in the database; what they ask us is answered
in ``adapters``. ``limits`` ends sessions that stood idle or grew old. Everything is noted in the security log.
"""
