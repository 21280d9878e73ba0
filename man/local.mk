# Pages written by hand; the generated ones are listed below and beside what they are made from.
dist_man_MANS += man/usher.1 man/usher-demo.1 man/usherd.8 man/usherd.yaml.5 man/usher-settings-file.5

# The settings page is made from the settings table. It is shipped, and made again only when the table is newer:
# the program is an order-only prerequisite, so that building it does not make the page look old.
dist_man_MANS += man/usher-settings.7
MAINTAINERCLEANFILES = man/usher-settings.7
man/usher-settings.7: $(libcatalogue_a_SOURCES) src/catalogue/mansettings.c | src/catalogue/mansettings$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) man && src/catalogue/mansettings$(EXEEXT) >man/usher-settings.7.tmp && \
	  mv man/usher-settings.7.tmp man/usher-settings.7

# The page of commands, from the command table in the same way.
dist_man_MANS += man/usher-commands.7
MAINTAINERCLEANFILES += man/usher-commands.7
man/usher-commands.7: src/ui/command_table.h src/ui/command.c | src/ui/gen$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) man && src/ui/gen$(EXEEXT) man >man/usher-commands.7.tmp && \
	  mv man/usher-commands.7.tmp man/usher-commands.7
