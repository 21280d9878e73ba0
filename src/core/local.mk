noinst_LIBRARIES += libcore.a
libcore_a_SOURCES = \
  src/core/abandon.c \
  src/core/activity.c \
  src/core/agent.c \
  src/core/ask.c \
  src/core/canned.c src/core/canned.h \
  src/core/channel.c src/core/channel.h \
  src/core/chat.c \
  src/core/command.h \
  src/core/consequence.c src/core/consequence.h \
  src/core/core.c src/core/core.h \
  src/core/deadline.c src/core/deadline.h \
  src/core/decision.c src/core/decision.h \
  src/core/department.c src/core/department.h \
  src/core/event.c src/core/event.h \
  src/core/hours.c src/core/hours.h \
  src/core/fit.c src/core/fit.h \
  src/core/forward.c \
  src/core/hold.c \
  src/core/inquiry.c \
  src/core/lead.c \
  src/core/internal.h \
  src/core/leave.c \
  src/core/manager.c \
  src/core/method.c \
  src/core/message.c src/core/message.h \
  src/core/opening.c src/core/opening.h \
  src/core/offer.c \
  src/core/pause.c \
  src/core/pool.h \
  src/core/priority.c \
  src/core/prefer.c \
  src/core/quiet.c \
  src/core/record.c src/core/record.h \
  src/core/record_fields.c \
  src/core/record_kinds.c \
  src/core/rights.c src/core/rights.h \
  src/core/room.c src/core/room.h \
  src/core/routing.c \
  src/core/target.c \
  src/core/transcript.c src/core/transcript.h \
  src/core/setting.c src/core/setting.h \
  src/core/unanswered.c \
  src/core/user.c src/core/user.h \
  src/core/visitor.c src/core/visitor.h \
  src/core/waiting.c \
  src/core/why.c src/core/why.h \
  src/core/worker.c \
  src/core/workspace.c
