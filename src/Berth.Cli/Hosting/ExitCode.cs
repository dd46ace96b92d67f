namespace Berth.Cli.Hosting;

/// <summary>The exit codes of the program. Scripts rely on these numbers.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>Asked for something, and there is none of it.</summary>
    public const int NothingFound = 1;

    /// <summary>The command line, the environment, a file or the machine must be changed by a person first.</summary>
    public const int Usage = 2;

    /// <summary>The cluster, or service A, did not answer or did not let us in.</summary>
    public const int Unreachable = 3;

    /// <summary>A fault in Berth itself (EX_SOFTWARE of sysexits.h).</summary>
    public const int Internal = 70;

    /// <summary>A signal came before there was a result: 128 + SIGINT, as shells have it.</summary>
    public const int Interrupted = 130;
}
