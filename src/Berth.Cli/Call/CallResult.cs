using System.Net;
using System.Text.Json;

namespace Berth.Cli.Call;

/// <summary>The result of one call.</summary>
/// <param name="Address">The address that service A returned.</param>
/// <param name="Host">The host name and port beside it, or null where the pod has no name.</param>
/// <param name="Answer">The answer of that pod of service B.</param>
/// <param name="Ask">The time that the last request to service A took.</param>
/// <param name="Talk">The time to connect to service B, send, and read its answer.</param>
/// <param name="Attempts">The number of requests to service A, 1 or more.</param>
internal sealed record CallResult(IPEndPoint Address, string? Host, string Answer, TimeSpan Ask, TimeSpan Talk, int Attempts)
{
    public string ToText()
    {
        string named = Host is null ? "" : $", {Host}";
        return FormattableString.Invariant(
            $"service A: {Address}{named} ({Ask.TotalMilliseconds:0.0} ms)\nservice B: {Answer} ({Talk.TotalMilliseconds:0.0} ms)") +
            (Attempts == 1 ? "" : $"\nasked {Attempts} times: a pod did not answer, or service A had no list yet");
    }

    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("address", Address.ToString());
        if (Host is not null)
            writer.WriteString("host", Host);
        writer.WriteString("answer", Answer);
        writer.WriteNumber("askMilliseconds", Math.Round(Ask.TotalMilliseconds, 3));
        writer.WriteNumber("talkMilliseconds", Math.Round(Talk.TotalMilliseconds, 3));
        writer.WriteNumber("attempts", Attempts);
        writer.WriteEndObject();
    }
}
