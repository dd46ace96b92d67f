using System.Diagnostics;
using Berth.TestKit;

namespace Berth.LocalCluster.Clients;

/// <summary>The kubectl of the PATH. Without one the test is skipped.</summary>
internal static class Kubectl
{
    /// <summary>Runs it as the administrator. Anything on its error output, a warning too, is a failure.</summary>
    public static async Task<string> RunAsync(TestCluster test, params string[] arguments)
    {
        (int code, string output, string errors) = await TryAsync(test.Cluster.KubeconfigPath, arguments);
        Assert.Equal(string.Empty, errors);
        Assert.Equal(0, code);
        return output;
    }

    /// <summary>Runs a command that must fail. Returns its message.</summary>
    public static async Task<string> FailAsync(TestCluster test, params string[] arguments)
    {
        (int code, string _, string errors) = await TryAsync(test.Cluster.KubeconfigPath, arguments);
        Assert.NotEqual(0, code);
        return errors;
    }

    /// <summary>Starts it with further variables.</summary>
    public static Process Start(
        string kubeconfig, IEnumerable<KeyValuePair<string, string>> variables, params IEnumerable<string> arguments)
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':');
        string? kubectl = folders.Select(folder => Path.Combine(folder, "kubectl")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(kubectl is null, "kubectl is not on the PATH.");
        ProcessStartInfo info = new(kubectl, ["--kubeconfig", kubeconfig, "--namespace", TestCluster.Namespace, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach ((string name, string value) in variables)
            info.Environment[name] = value;
        return Process.Start(info)!;
    }

    public static async Task<(int Code, string Output, string Errors)> TryAsync(string kubeconfig, params string[] arguments)
    {
        using TestFolder home = new();
        using Process process = Start(kubeconfig, [new("HOME", home.Root)], arguments);
        Task<string> errors = process.StandardError.ReadToEndAsync(TestCluster.Token);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestCluster.Token);
        limit.CancelAfter(Wait.Limit);
        await using CancellationTokenRegistration ending = limit.Token.Register(process.Kill);
        string output = await process.StandardOutput.ReadToEndAsync(TestCluster.Token);
        await process.WaitForExitAsync(limit.Token);
        // From 1.34 on kubectl adds the namespace to what it deleted.
        return (
            process.ExitCode,
            output.Replace($" deleted from {TestCluster.Namespace} namespace", " deleted", StringComparison.Ordinal),
            await errors);
    }
}
