// Runs a program and writes down which of its functions were called, in the order of their first call. Linux on x86_64.
//   record FUNCTIONS OUTPUT PROGRAM [ARGUMENT...]     FUNCTIONS: lines of "address-in-hex name", as objdump shows them
// Each function begins with a breakpoint that is taken away when it is met, so every function costs one stop at most.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_FUNCTIONS = 400000, LONGEST_LINE = 65536 };

struct function { uint64_t address; char *name; unsigned char first_byte; long called; };

static struct function functions[MOST_FUNCTIONS];
static size_t count;
static long calls;

static void fail(const char *what) { fprintf(stderr, "record: %s: %s\n", what, strerror(errno)); exit(1); }

static int by_address(const void *a, const void *b) {
    uint64_t x = ((const struct function *)a)->address, y = ((const struct function *)b)->address;
    return x < y ? -1 : x > y;
}

static int by_call(const void *a, const void *b) {
    long x = ((const struct function *)a)->called, y = ((const struct function *)b)->called;
    return x < y ? -1 : x > y;
}

static void read_functions(const char *path) {
    static char line[LONGEST_LINE];
    FILE *file = fopen(path, "r");
    if (!file) fail(path);
    while (count < MOST_FUNCTIONS && fgets(line, sizeof line, file)) {
        char *name;
        uint64_t address = strtoull(line, &name, 16);
        name[strcspn(name, "\n")] = 0;
        if (*name != ' ') continue;
        functions[count++] = (struct function){ .address = address, .name = strdup(name + 1) };
    }
    fclose(file);
    qsort(functions, count, sizeof *functions, by_address);
}

static pid_t start(char **command) {
    pid_t child = fork();
    if (child < 0) fail("fork");
    if (child == 0) {
        personality(ADDR_NO_RANDOMIZE);
        ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        execv(command[0], command);
        fail(command[0]);
    }
    int status;
    // It stops by itself when the program has been loaded.
    if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status)) { fprintf(stderr, "record: %s did not start\n", command[0]); exit(1); }
    ptrace(PTRACE_SETOPTIONS, child, NULL, (void *)(PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL));
    return child;
}

static uint64_t load_address(pid_t child) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/maps", child);
    FILE *file = fopen(path, "r");
    unsigned long first = 0;
    if (!file || fscanf(file, "%lx", &first) != 1) fail(path);
    fclose(file);
    return first;
}

// True when the stop was one of our breakpoints. Two threads can meet the same one; the second finds it gone already.
static int met(pid_t thread, int memory, uint64_t base) {
    struct user_regs_struct registers;
    if (ptrace(PTRACE_GETREGS, thread, NULL, &registers)) return 0;
    struct function key = { .address = registers.rip - 1 - base };
    struct function *found = bsearch(&key, functions, count, sizeof *functions, by_address);
    if (!found) return 0;
    if (!found->called) {
        found->called = ++calls;
        if (pwrite(memory, &found->first_byte, 1, (off_t)(base + found->address)) != 1) fail("writing to the program");
    }
    registers.rip--;
    ptrace(PTRACE_SETREGS, thread, NULL, &registers);
    return 1;
}

static void follow(pid_t child, int memory, uint64_t base) {
    int status;
    ptrace(PTRACE_CONT, child, NULL, NULL);
    for (pid_t thread; (thread = waitpid(-1, &status, __WALL)) > 0;) {
        if (!WIFSTOPPED(status)) {
            if (thread == child) return;
            continue;
        }
        int signal = WSTOPSIG(status);
        // A new thread stops once with SIGSTOP, and its parent with an event.
        int ours = status >> 16 || signal == SIGSTOP || (signal == SIGTRAP && met(thread, memory, base));
        ptrace(PTRACE_CONT, thread, NULL, (void *)(long)(ours ? 0 : signal));
    }
}

int main(int arguments, char **argument) {
    if (arguments < 4) { fprintf(stderr, "record: Give FUNCTIONS OUTPUT PROGRAM [ARGUMENT...].\n"); return 2; }
    read_functions(argument[1]);
    pid_t child = start(argument + 3);
    uint64_t base = load_address(child);
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/mem", child);
    int memory = open(path, O_RDWR);
    if (memory < 0) fail(path);
    const unsigned char breakpoint = 0xCC;
    for (size_t i = 0; i < count; i++) {
        // Several names can stand for one address, when bodies are the same: the first byte is read before any of them is written.
        functions[i].first_byte = breakpoint;
        if (i > 0 && functions[i].address == functions[i - 1].address) functions[i].first_byte = functions[i - 1].first_byte;
        else if (pread(memory, &functions[i].first_byte, 1, (off_t)(base + functions[i].address)) != 1) fail("reading the program");
    }
    for (size_t i = 0; i < count; i++)
        if (pwrite(memory, &breakpoint, 1, (off_t)(base + functions[i].address)) != 1) fail("writing to the program");
    follow(child, memory, base);
    qsort(functions, count, sizeof *functions, by_call);
    FILE *file = fopen(argument[2], "w");
    if (!file) fail(argument[2]);
    for (size_t i = 0; i < count; i++)
        if (functions[i].called) fprintf(file, "%s\n", functions[i].name);
    fclose(file);
    return calls == 0;
}
