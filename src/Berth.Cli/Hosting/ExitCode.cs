namespace Berth.Cli.Hosting;

/// <summary>The exit codes of the program. Scripts rely on these numbers.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>The requested pod, endpoint or object does not exist, or a check has found a fault.</summary>
    public const int NothingFound = 1;

    /// <summary>A person must first change the command line, the environment, a file or the machine.</summary>
    public const int Usage = 2;

    /// <summary>The cluster, or service A, did not answer or denied access.</summary>
    public const int Unreachable = 3;

    /// <summary>A defect in Berth itself (EX_SOFTWARE of sysexits.h).</summary>
    public const int Internal = 70;

    /// <summary>The program that is to be run cannot be executed, as in shells (POSIX, 2.8.2).</summary>
    public const int ProgramNotExecutable = 126;

    /// <summary>The program that is to be run does not exist, as in shells (POSIX, 2.8.2).</summary>
    public const int ProgramNotFound = 127;

    /// <summary>A signal arrived before there was a result: 128 + SIGINT, as in shells.</summary>
    public const int Interrupted = 130;
}
