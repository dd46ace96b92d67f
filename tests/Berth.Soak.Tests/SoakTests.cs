using System.Diagnostics;

namespace Berth.Soak;

public sealed class SoakTests
{
    [Fact]
    public async Task Sixty_seconds_of_churn_leave_every_answer_right()
    {
        (int code, string output) = await RunAsync("--duration", "60s", "--seed", "1");
        TestContext.Current.TestOutputHelper?.WriteLine(output);
        Assert.True(code == 0, output);
        Assert.EndsWith("verdict: ok\n", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--duration 5s", "--duration 5s is not understood, or outside its range.")]
    [InlineData("--duration", "--duration has no value.")]
    [InlineData("--replicas 1", "--replicas 1 is not understood, or outside its range.")]
    [InlineData("--program /nowhere", "--program /nowhere is not understood, or outside its range.")]
    public async Task Bad_options_are_refused_in_a_sentence(string options, string sentence)
    {
        (int code, string output) = await RunAsync(options.Split(' '));
        Assert.Equal(2, code);
        Assert.StartsWith($"soak: {sentence}\n", output, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        ProcessStartInfo info = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "Soak.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using Process process = Process.Start(info)!;
        try
        {
            Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return (process.ExitCode, output + await errors);
        }
        finally
        {
            // A test that is given up leaves nothing running.
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
