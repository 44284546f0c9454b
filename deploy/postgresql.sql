-- The roles of Previsit on PostgreSQL: one that owns the tables and migrates, one that serves.
-- Run once as a superuser, with passwords of your own:
--     psql -v owner_password=... -v app_password=... -f deploy/postgresql.sql
-- Then set DATABASE_APP_ROLE=previsit_app and run, with DATABASE_URL of previsit_owner,
--     manage.py prepare
-- which grants previsit_app what it needs, after every migrate: all tables to read and add to, but no right
-- to change or delete a row of the audit trail or of any other table that is written once.
-- The site itself (gunicorn, manage.py maintain) runs with DATABASE_URL of previsit_app.

CREATE ROLE previsit_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE previsit_app LOGIN PASSWORD :'app_password';
CREATE DATABASE previsit OWNER previsit_owner;
\connect previsit
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT CREATE, USAGE ON SCHEMA public TO previsit_owner;
REVOKE CONNECT ON DATABASE previsit FROM PUBLIC;
GRANT CONNECT ON DATABASE previsit TO previsit_app;
