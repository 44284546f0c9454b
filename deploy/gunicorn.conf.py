"""How gunicorn serves Previsit, here and in production."""

workers = 2
threads = 4
worker_class = "gthread"
control_socket_disable = True
timeout = 60
graceful_timeout = 20
# Who, what and how it went: the path without its query, no Referer, no browser.
accesslog = "-"
logger_class = "clinic.web.access_log.EscapingLogger"
access_log_format = '%(h)s %(t)s "%(m)s %(U)s" %(s)s %(B)s %(M)sms'
