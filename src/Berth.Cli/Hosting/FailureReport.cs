using Berth.Dispatcher;
using Berth.Echo;
using Berth.Kubernetes;
using Berth.LocalCluster;
using Berth.Seats;

namespace Berth.Cli.Hosting;

/// <summary>Reports a failure: always a sentence, and a stack trace only on request.</summary>
internal static class FailureReport
{
    /// <summary>The variable that, set to 1, shows the stack trace of an unexpected exception.</summary>
    public const string DebugVariable = "BERTH_DEBUG";

    public static int Write(Exception exception, ProgramHost host)
    {
        (int code, string message) = Describe(exception);
        foreach (string line in message.Split('\n'))
            host.Error.WriteLine($"berth: {line}");
        if (host.Variable(DebugVariable) is "1")
            host.Error.WriteLine(exception);
        else if (code == ExitCode.Internal)
            host.Error.WriteLine($"berth: This is a defect of berth. Run it again with {DebugVariable}=1 to see where, and report it.");
        return code;
    }

    private static (int Code, string Message) Describe(Exception exception) => exception switch
    {
        CommandException known => (known.ExitCode, known.Message),
        PodIdentityException identity => (ExitCode.Usage, identity.Message),
        ClusterAccessException access => (ExitCode.Usage, access.Message),
        EndpointSourceException source => (ExitCode.Unreachable, source.Message),
        DispatcherStartException start => (ExitCode.Usage, start.Message),
        LocalClusterException cluster => (ExitCode.Usage, cluster.Message),
        EchoStartException start => (ExitCode.Usage, start.Message),
        SeatKeyException keys => (ExitCode.Usage, keys.Message),
        OperationCanceledException => (ExitCode.Interrupted, "Interrupted."),
        _ => (ExitCode.Internal, $"{exception.GetType().Name}: {FirstLine(exception.Message)}"),
    };

    private static string FirstLine(string message)
    {
        int end = message.AsSpan().IndexOfAny('\r', '\n');
        return end < 0 ? message : message[..end];
    }
}
