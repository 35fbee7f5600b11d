/* Windows has no system log: what is logged there is dropped. */
#ifndef STUB_SYSLOG_H
#define STUB_SYSLOG_H
enum { LOG_EMERG, LOG_ALERT, LOG_CRIT, LOG_ERR, LOG_WARNING, LOG_NOTICE, LOG_INFO, LOG_DEBUG };
#define LOG_PID 1
#define LOG_DAEMON 24
#define LOG_USER 8
#define openlog(name, options, facility) ((void)0)
#define closelog() ((void)0)
static inline void syslog(int priority, const char *format, ...)
{
    (void)priority, (void)format;
}
#endif
