# What a system needs beside the programs: a unit for systemd, completion for bash.
systemdsystemunit_DATA = src/data/usherd.service
bashcompletion_DATA = src/data/usher src/data/usherd
EXTRA_DIST += src/data/usherd.service.in src/data/usher.bash-completion
CLEANFILES += $(systemdsystemunit_DATA) $(bashcompletion_DATA)

src/data/usherd.service: src/data/usherd.service.in Makefile
	$(AM_V_GEN)$(MKDIR_P) src/data && sed -e 's|@bindir[@]|$(bindir)|g' -e 's|@sysconfdir[@]|$(sysconfdir)|g' \
	  $(srcdir)/src/data/usherd.service.in >$@.tmp && mv $@.tmp $@

# bash looks for a file named like the command.
$(bashcompletion_DATA): src/data/usher.bash-completion Makefile
	$(AM_V_GEN)$(MKDIR_P) src/data && cp $(srcdir)/src/data/usher.bash-completion $@.tmp && chmod 644 $@.tmp && mv $@.tmp $@

AM_DISTCHECK_CONFIGURE_FLAGS = \
  --with-systemdsystemunitdir=$$dc_install_base/lib/systemd/system \
  --with-bashcompletiondir=$$dc_install_base/share/bash-completion/completions
