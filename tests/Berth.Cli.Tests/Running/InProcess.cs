using Berth.Cli.Hosting;

namespace Berth.Cli.Tests.Running;

/// <summary>The program inside the test, without an environment.</summary>
internal static class InProcess
{
    public static Task<BerthResult> RunAsync(string input, bool isPlugin, params string[] args) =>
        RunAsync(input, isPlugin, static _ => null, args);

    /// <summary>The program on a clock of the test.</summary>
    public static Task<BerthResult> RunAsync(TimeProvider time, params string[] args) =>
        RunAsync("", isPlugin: false, static _ => null, args, time);

    /// <summary>The program with the variable that every container of a pod has.</summary>
    public static Task<BerthResult> RunInPodAsync(params string[] args) => RunAsync(
        "", isPlugin: false, static name => name == "KUBERNETES_SERVICE_HOST" ? "10.96.0.1" : null, args);

    private static async Task<BerthResult> RunAsync(
        string input, bool isPlugin, Func<string, string?> variable, string[] args, TimeProvider? time = null)
    {
        using StringReader reader = new(input);
        using StringWriter output = new() { NewLine = "\n" };
        using StringWriter error = new() { NewLine = "\n" };
        int code = await BerthProgram.RunAsync(args, new ProgramHost
        {
            IsPlugin = isPlugin,
            In = reader,
            Out = output,
            Error = error,
            Variable = variable,
            Time = time ?? TimeProvider.System,
            Random = new Random(1),
        });
        return new BerthResult(code, output.ToString(), error.ToString());
    }
}
