using System.Text.Json;
using Berth.Snapshots;

namespace Berth.Remote.Wire;

/// <summary>Reads the events of <c>/v1/watch</c>. Unknown members and kinds are passed over. Not safe for several threads.</summary>
internal sealed class WatchReader(ServiceTarget target, PortScheme scheme)
{
    private static readonly Dictionary<string, LeftOutReason> s_reasons =
        Enum.GetValues<LeftOutReason>().ToDictionary(EndpointWords.Of, StringComparer.Ordinal);

    private static readonly Dictionary<string, EndpointWarningKind> s_kinds =
        Enum.GetValues<EndpointWarningKind>().ToDictionary(EndpointWords.Of, StringComparer.Ordinal);

    private readonly PodReader _pods = new(target, scheme);

    /// <summary>Reads one event. The whole of it is read before any of it counts.</summary>
    /// <exception cref="WatchFormatException">It is not an event of a watch of this target.</exception>
    public WatchMessage Read(string kind, ReadOnlySpan<byte> data)
    {
        try
        {
            return kind switch
            {
                "snapshot" => ReadContent(data, isWhole: true),
                "changes" => ReadContent(data, isWhole: false),
                "source" => ReadSource(data),
                _ => WatchMessage.Other.Instance,
            };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            throw new WatchFormatException($"its event '{kind}' cannot be read: {exception.Message.TrimEnd('.')}", exception);
        }
    }

    private WatchMessage.Content ReadContent(ReadOnlySpan<byte> data, bool isWhole)
    {
        Utf8JsonReader reader = new(data);
        string? stated = null, reason = null;
        long? version = null;
        DateTimeOffset? staleSince = null;
        List<PodEndpoint>? endpoints = null;
        List<string> left = [];
        LeftOutPod[]? leftOut = null;
        EndpointWarning[]? warnings = null;
        JsonText.EnterObject(ref reader, "data");
        while (JsonText.NextMember(ref reader))
        {
            if (reader.ValueTextEquals("target"u8))
                stated = JsonText.ReadText(ref reader, "target");
            else if (reader.ValueTextEquals("version"u8))
                version = JsonText.ReadNumber(ref reader, "version");
            else if (reader.ValueTextEquals("staleSince"u8))
                staleSince = JsonText.ReadTime(ref reader, "staleSince");
            else if (reader.ValueTextEquals("reason"u8))
                reason = JsonText.ReadText(ref reader, "reason");
            else if (isWhole && reader.ValueTextEquals("endpoints"u8))
                endpoints = ReadEndpoints(ref reader);
            else if (!isWhole && reader.ValueTextEquals("changes"u8))
                endpoints = ReadChanges(ref reader, left);
            else if (reader.ValueTextEquals("leftOut"u8))
                leftOut = ReadLeftOut(ref reader);
            else if (reader.ValueTextEquals("warnings"u8))
                warnings = ReadWarnings(ref reader);
            else
                JsonText.Skip(ref reader);
        }

        if (stated != target.ToString())
            throw new WatchFormatException($"it answers for '{stated}', which is not the target");
        return new WatchMessage.Content
        {
            IsWhole = isWhole,
            Version = version ?? throw new WatchFormatException("it states no version"),
            StaleSince = staleSince,
            Reason = staleSince is null ? null : reason ?? throw new WatchFormatException("it is stale without a reason"),
            Endpoints = [.. endpoints ?? throw new WatchFormatException("it states no pods, not even that there are none")],
            Left = [.. left],
            LeftOut = leftOut ?? (isWhole ? [] : null),
            Warnings = warnings ?? (isWhole ? [] : null),
        };
    }

    private static WatchMessage.Source ReadSource(ReadOnlySpan<byte> data)
    {
        Utf8JsonReader reader = new(data);
        string? state = null, reason = null;
        double age = 0;
        List<string> dispatchers = [];
        JsonText.EnterObject(ref reader, "data");
        while (JsonText.NextMember(ref reader))
        {
            if (reader.ValueTextEquals("state"u8))
                state = JsonText.ReadText(ref reader, "state");
            else if (reader.ValueTextEquals("ageSeconds"u8))
                age = ReadAge(ref reader);
            else if (reader.ValueTextEquals("reason"u8))
                reason = JsonText.ReadText(ref reader, "reason");
            else if (reader.ValueTextEquals("dispatchers"u8))
                ReadTexts(ref reader, "dispatchers", dispatchers);
            else
                JsonText.Skip(ref reader);
        }

        return new WatchMessage.Source(state, TimeSpan.FromSeconds(age), [.. dispatchers], reason);
    }

    private static double ReadAge(scoped ref Utf8JsonReader reader)
    {
        // Ten thousand years do not fit a monotonic clock, and a negative age would let a snapshot be younger than now.
        const double MaxSeconds = 100.0 * 365 * 24 * 3600;
        reader.Read();
        double age = reader.TokenType == JsonTokenType.Null ? 0 : reader.GetDouble();
        return age >= 0 ? Math.Min(age, MaxSeconds) : throw new WatchFormatException($"it states the age {age}");
    }

    private List<PodEndpoint> ReadEndpoints(scoped ref Utf8JsonReader reader)
    {
        List<PodEndpoint> endpoints = [];
        JsonText.EnterArray(ref reader, "endpoints");
        while (JsonText.NextItem(ref reader))
        {
            if (reader.TokenType != JsonTokenType.StartObject)
                throw JsonText.Unexpected(ref reader, "endpoints");
            endpoints.Add(_pods.Read(ref reader));
        }

        return endpoints;
    }

    private List<PodEndpoint> ReadChanges(scoped ref Utf8JsonReader reader, List<string> left)
    {
        List<PodEndpoint> changed = [];
        JsonText.EnterArray(ref reader, "changes");
        while (JsonText.NextItem(ref reader))
        {
            if (reader.TokenType != JsonTokenType.StartObject)
                throw JsonText.Unexpected(ref reader, "changes");
            ReadChange(ref reader, changed, left);
        }

        return changed;
    }

    /// <summary>Reads one change. What happened does not count, only what is there now.</summary>
    private void ReadChange(scoped ref Utf8JsonReader reader, List<PodEndpoint> changed, List<string> left)
    {
        string? name = null;
        PodEndpoint? endpoint = null;
        while (JsonText.NextMember(ref reader))
        {
            if (reader.ValueTextEquals("pod"u8))
                name = JsonText.ReadStated(ref reader, "pod");
            else if (reader.ValueTextEquals("endpoint"u8))
                endpoint = ReadEndpoint(ref reader);
            else
                JsonText.Skip(ref reader);
        }

        if (endpoint is not null)
            changed.Add(endpoint);
        else
            left.Add(name ?? throw new WatchFormatException("it states a change of no pod"));
    }

    private PodEndpoint? ReadEndpoint(scoped ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType switch
        {
            JsonTokenType.Null => null,
            JsonTokenType.StartObject => _pods.Read(ref reader),
            _ => throw JsonText.Unexpected(ref reader, "endpoint"),
        };
    }

    private static LeftOutPod[] ReadLeftOut(scoped ref Utf8JsonReader reader)
    {
        List<LeftOutPod> pods = [];
        JsonText.EnterArray(ref reader, "leftOut");
        while (JsonText.NextItem(ref reader))
        {
            (string? name, string? reason, string? detail) = ReadThree(ref reader, "pod"u8, "reason"u8, "detail"u8);
            // A reason that a later version has invented is still one to leave the pod out.
            pods.Add(new LeftOutPod(
                name ?? throw new WatchFormatException("it leaves out a pod without a name"),
                s_reasons.GetValueOrDefault(reason ?? "", LeftOutReason.Malformed), detail ?? ""));
        }

        return [.. pods];
    }

    private static EndpointWarning[] ReadWarnings(scoped ref Utf8JsonReader reader)
    {
        List<EndpointWarning> warnings = [];
        JsonText.EnterArray(ref reader, "warnings");
        while (JsonText.NextItem(ref reader))
        {
            (string? kind, string? detail, _) = ReadThree(ref reader, "kind"u8, "detail"u8, "kind"u8);
            // A kind that a later version has invented has no value here. The dispatcher's own state, log and metric have it.
            if (s_kinds.TryGetValue(kind ?? "", out EndpointWarningKind known))
                warnings.Add(new EndpointWarning(known, detail ?? ""));
        }

        return [.. warnings];
    }

    /// <summary>The texts of three members of an object.</summary>
    private static (string?, string?, string?) ReadThree(
        ref Utf8JsonReader reader, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third)
    {
        (string? First, string? Second, string? Third) texts = default;
        if (reader.TokenType != JsonTokenType.StartObject)
            throw JsonText.Unexpected(ref reader, "item");
        while (JsonText.NextMember(ref reader))
        {
            if (reader.ValueTextEquals(first))
                texts.First = JsonText.ReadText(ref reader, "item");
            else if (reader.ValueTextEquals(second))
                texts.Second = JsonText.ReadText(ref reader, "item");
            else if (reader.ValueTextEquals(third))
                texts.Third = JsonText.ReadText(ref reader, "item");
            else
                JsonText.Skip(ref reader);
        }

        return texts;
    }

    private static void ReadTexts(scoped ref Utf8JsonReader reader, string member, List<string> texts)
    {
        JsonText.EnterArray(ref reader, member);
        while (JsonText.NextItem(ref reader))
        {
            texts.Add(reader.TokenType == JsonTokenType.String
                ? reader.GetString()!
                : throw JsonText.Unexpected(ref reader, member));
        }
    }
}
