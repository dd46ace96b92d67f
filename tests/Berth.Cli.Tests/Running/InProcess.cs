using Berth.Cli.Hosting;

namespace Berth.Cli.Tests.Running;

/// <summary>The program inside the test, without an environment.</summary>
internal static class InProcess
{
    public static async Task<BerthResult> RunAsync(string input, bool isPlugin, params string[] args)
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
            Variable = static _ => null,
            Time = TimeProvider.System,
            Random = new Random(1),
        });
        return new BerthResult(code, output.ToString(), error.ToString());
    }
}
