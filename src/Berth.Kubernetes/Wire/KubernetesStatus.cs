using System.Collections.Immutable;
using System.Text.Json;

namespace Berth.Kubernetes.Wire;

/// <summary>
/// A <c>Status</c> object, which Kubernetes answers with when something fails: as a body, and as the object of an ERROR event.
/// See <see href="https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/"/>.
/// </summary>
internal sealed record KubernetesStatus(
    int Code, string? Reason, string? Message, ImmutableArray<StatusCause> Causes, int? RetryAfterSeconds)
{
    /// <summary>
    /// True when the server no longer keeps the requested resource version, and a new list is needed. Servers use one of two reasons for
    /// it.
    /// </summary>
    internal bool IsExpired => Code == 410 || Reason is "Expired" or "Gone";

    /// <summary>True when the server does not know the requested resource version yet.</summary>
    internal bool IsVersionTooLarge => HasCause("ResourceVersionTooLarge");

    internal bool HasCause(string reason)
    {
        foreach (StatusCause cause in Causes)
        {
            if (cause.Reason == reason)
                return true;
        }

        return false;
    }

    /// <summary>Returns the Status with all its texts passed through a function, which removes secrets.</summary>
    internal KubernetesStatus Clean(Func<string, string> clean)
    {
        string? Text(string? text) => text is null ? null : clean(text);
        return this with
        {
            Reason = Text(Reason),
            Message = Text(Message),
            Causes = [.. Causes.Select(cause => new StatusCause(Text(cause.Reason), Text(cause.Message)))],
        };
    }

    /// <summary>Reads a Status, in JSON or protobuf. Null when it is not a Status.</summary>
    internal static KubernetesStatus? Parse(ReadOnlyMemory<byte> body)
    {
        if (body.Span.StartsWith(ProtobufEnvelope.Magic))
            return ProtobufStatus.Parse(body.Span);
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            return Read(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string in it is not valid UTF-16.
            return null;
        }
    }

    private static KubernetesStatus? Read(JsonElement root)
    {
        if (Text(root, "kind") != "Status")
            return null;
        JsonElement details = Property(root, "details");
        ImmutableArray<StatusCause>.Builder causes = ImmutableArray.CreateBuilder<StatusCause>();
        if (Property(details, "causes") is { ValueKind: JsonValueKind.Array } list)
        {
            foreach (JsonElement cause in list.EnumerateArray())
                causes.Add(new StatusCause(Text(cause, "reason"), Text(cause, "message")));
        }

        return new KubernetesStatus(
            Number(root, "code") ?? 0, Text(root, "reason"), Text(root, "message"), causes.DrainToImmutable(), Seconds(details));
    }

    private static JsonElement Property(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) ? value : default;

    private static string? Text(JsonElement element, string name) =>
        Property(element, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    // A number above an int is a long wait. It must not count as no wait.
    private static int? Seconds(JsonElement details) =>
        Property(details, "retryAfterSeconds") is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out double seconds)
            ? (int)Math.Clamp(seconds, int.MinValue, int.MaxValue)
            : null;

    private static int? Number(JsonElement element, string name) =>
        Property(element, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out int number) ? number : null;
}
