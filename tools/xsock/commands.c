#include "tool.h"

#include <stddef.h>
#include <string.h>

const struct command *const commands[] = {
    &command_open,    &command_catalog, &command_errors,      &command_listen,
    &command_connect, &command_doctor,  &command_completions, NULL,
};

const struct command *command_find(const char *name)
{
    for (int i = 0; commands[i]; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}
