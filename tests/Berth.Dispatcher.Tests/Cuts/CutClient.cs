using System.Text.Json;

namespace Berth.Dispatcher.Tests.Cuts;

/// <summary>One event as a parser handed it out.</summary>
internal sealed record CutEvent(string? Kind, string? Data);

/// <summary>The pods that a client knows from the events it was handed. It applies them as docs/http-api.md says.</summary>
internal sealed class CutClient
{
    private readonly SortedDictionary<string, string> _pods = new(StringComparer.Ordinal);

    public string Pods => string.Join(' ', _pods.Select(static pod => $"{pod.Key}={pod.Value}"));

    public CutClient Apply(IEnumerable<CutEvent> events)
    {
        foreach (CutEvent received in events)
            Apply(received);
        return this;
    }

    private void Apply(CutEvent received)
    {
        if (received.Kind is not ("snapshot" or "changes"))
            return;
        using JsonDocument document = JsonDocument.Parse(received.Data!);
        if (received.Kind == "snapshot")
        {
            _pods.Clear();
            foreach (JsonElement endpoint in document.RootElement.GetProperty("endpoints").EnumerateArray())
                _pods[endpoint.GetProperty("pod").GetString()!] = endpoint.GetProperty("authority").GetString()!;
            return;
        }

        foreach (JsonElement change in document.RootElement.GetProperty("changes").EnumerateArray())
        {
            string pod = change.GetProperty("pod").GetString()!;
            if (change.GetProperty("kind").GetString() == "left")
                _pods.Remove(pod);
            else
                _pods[pod] = change.GetProperty("endpoint").GetProperty("authority").GetString()!;
        }
    }
}
