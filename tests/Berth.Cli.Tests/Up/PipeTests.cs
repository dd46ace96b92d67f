using System.Diagnostics;
using Berth.Cli.Tests.Running;

namespace Berth.Cli.Tests.Up;

/// <summary>
/// A named pipe in the place of a file, as a shell's <c>&lt;(...)</c> gives one. Berth reads it to its end, and so waits for the
/// program that writes to it, as kubectl does. A signal ends that wait.
/// </summary>
public sealed class PipeTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("up", "-f", "PIPE")]
    [InlineData("plan", "check", "-f", "PIPE")]
    [InlineData("get", "endpoints", "games/lobby", "--base-port", "3000", "--kubeconfig", "PIPE")]
    [InlineData("watch", "games/lobby", "--base-port", "3000", "--kubeconfig", "PIPE")]
    [InlineData("plan", "check", "--kubeconfig", "PIPE")]
    public async Task Pipe_without_an_end_is_waited_for_until_a_signal(params string[] args)
    {
        string pipe = await MakePipeAsync();
        await using BerthProcess berth = BerthProcess.Start(
            Programs.Any, null, [.. args.Select(arg => arg.Replace("PIPE", pipe, StringComparison.Ordinal))]);
        // Opens when the program reads.
        await using FileStream writer = await OpenAsync(pipe);
        berth.Signal(BerthProcess.Terminate);
        BerthResult result = await berth.WaitForEndAsync();
        Assert.Equal(128 + BerthProcess.Terminate, result.ExitCode);
        Assert.Equal("", result.Error);
    }

    [Fact]
    public async Task Manifest_in_a_pipe_is_read_to_its_end()
    {
        string pipe = await MakePipeAsync();
        await using BerthProcess berth = BerthProcess.Start(Programs.Any, null, "plan", "check", "-f", pipe);
        await using (FileStream writer = await OpenAsync(pipe))
            await writer.WriteAsync("apiVersion: v1\nkind: Namespace\nmetadata: {name: quiet}\n"u8.ToArray(), Token);
        BerthResult result = await berth.WaitForEndAsync();
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("1 object, 0 errors", result.Error, StringComparison.Ordinal);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Task<FileStream> OpenAsync(string pipe) =>
        Task.Run(() => new FileStream(pipe, FileMode.Open, FileAccess.Write), Token).WaitAsync(Wait.Limit, Token);

    private async Task<string> MakePipeAsync()
    {
        string pipe = Path.Combine(_folder.Root, "input.yaml");
        using Process made = Process.Start("mkfifo", [pipe]);
        await made.WaitForExitAsync(Token);
        Assert.Equal(0, made.ExitCode);
        return pipe;
    }
}
