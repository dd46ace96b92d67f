using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests.Cuts;

/// <summary>Reads cut streams with npm's <c>eventsource-parser</c> on Node. <c>./test</c> installs it below artifacts/.</summary>
internal static class NodeCuts
{
    // The client that the parser's own documentation shows: the id is the last one that an event came with.
    private const string Script = """
        import { createParser } from 'eventsource-parser';
        let body = '';
        for await (const chunk of process.stdin.setEncoding('utf8')) body += chunk;
        const cuts = [];
        for (let at = 0; at <= body.length; at++) {
            const cut = { at, id: null, events: [] };
            const parser = createParser({ onEvent(e) {
                if (e.id !== undefined) cut.id = e.id;
                cut.events.push({ kind: e.event, data: e.data });
            } });
            for (const byte of body.slice(0, at)) parser.feed(byte);
            cuts.push(cut);
        }
        process.stdout.write(JSON.stringify(cuts));
        """;

    public static string FindModules()
    {
        string folder = Path.Combine(Checkout.Root, "artifacts", "test", "node");
        Assert.SkipUnless(
            File.Exists(Path.Combine(folder, "node_modules", "eventsource-parser", "package.json")),
            $"{folder} has no eventsource-parser. ./test installs it where npm is on the PATH.");
        return folder;
    }

    public static async Task<IReadOnlyList<CutTests.Cut>> RunAsync(string folder, byte[] body)
    {
        string script = Path.Combine(folder, $"cuts-{Guid.NewGuid():N}.mjs");
        await File.WriteAllTextAsync(script, Script, DispatcherFixture.Cancelled);
        try
        {
            ProcessStartInfo start = new("node", [script])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                UseShellExecute = false,
            };
            using Process node = Process.Start(start)!;
            await node.StandardInput.WriteAsync(Encoding.UTF8.GetString(body));
            node.StandardInput.Close();
            string output = await node.StandardOutput.ReadToEndAsync(DispatcherFixture.Cancelled);
            await node.WaitForExitAsync(DispatcherFixture.Cancelled);
            Assert.Equal(0, node.ExitCode);
            return JsonSerializer.Deserialize<List<CutTests.Cut>>(output, CutTests.Cut.Json)!;
        }
        finally
        {
            File.Delete(script);
        }
    }
}
