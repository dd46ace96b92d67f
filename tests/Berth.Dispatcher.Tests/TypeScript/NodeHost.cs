using System.Diagnostics;
using System.Text.Json;

namespace Berth.Dispatcher.Tests.TypeScript;

/// <summary>A Node process that evaluates a line of its input at a time. It finds the package as any program does.</summary>
internal sealed class NodeHost : IScriptHost
{
    private const string Script = """
        import { createInterface } from 'node:readline';
        globalThis.client = await import('@berth/client');
        for await (const line of createInterface({ input: process.stdin })) {
            let answer;
            try {
                answer = { value: await (0, eval)(JSON.parse(line)) };
            } catch (error) {
                answer = { error: String(error?.stack ?? error) };
            }
            process.stdout.write(JSON.stringify(answer) + '\n');
        }
        """;

    private readonly Process _process;

    private NodeHost(Process process) => _process = process;

    public string? Origin => null;

    public static async Task<NodeHost> StartAsync()
    {
        ProcessStartInfo start = new("node", ["--input-type=module", "--eval", Script])
        {
            WorkingDirectory = await NpmPackage.InstallAsync(),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        return new NodeHost(Process.Start(start)!);
    }

    public async Task<T> EvaluateAsync<T>(string expression)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(expression));
        string? line = await _process.StandardOutput.ReadLineAsync(DispatcherFixture.Cancelled);
        Assert.True(line is not null, $"node ended at {expression}");
        using JsonDocument answer = JsonDocument.Parse(line);
        Assert.False(answer.RootElement.TryGetProperty("error", out JsonElement error), $"{expression}\n{error}");
        return answer.RootElement.TryGetProperty("value", out JsonElement value) ? value.Deserialize<T>()! : default!;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }
}
