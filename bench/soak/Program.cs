using System.Globalization;
using System.Runtime.InteropServices;
using Berth.Soak;

if (args is [DispatcherRole.Name, var kubeconfig, var basePort])
    return await DispatcherRole.RunAsync(kubeconfig, int.Parse(basePort, CultureInfo.InvariantCulture));
if (args is ["--help" or "-h"])
{
    Console.WriteLine(SoakOptions.Usage);
    return 0;
}

if (SoakOptions.Parse(args, Environment.GetEnvironmentVariable, out string fault) is not { } options)
{
    Console.Error.WriteLine($"soak: {fault}\n{SoakOptions.Usage}");
    return 2;
}

using CancellationTokenSource stop = new();
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    SoakReport report = await SoakRun.RunAsync(options, stop.Token);
    report.Write(Console.Out);
    return report.Passed ? 0 : 1;
}
catch (Exception exception) when (
    exception is TimeoutException or OperationCanceledException or HttpRequestException or InvalidOperationException)
{
    string why = exception is OperationCanceledException ? "It was stopped, or did not end in time." : exception.Message;
    Console.Error.WriteLine($"soak: {why}\nverdict: FAILED");
    return 1;
}

// An orderly end, so that no process of a pod is left.
void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}
