using System.Text.Json;
using Berth.Snapshots;

namespace Berth.Remote.Wire;

/// <summary>The parts of a <c>snapshot</c> or <c>changes</c> event that have been read so far.</summary>
/// <param name="target">The target.</param>
/// <param name="isWhole">True for a whole state.</param>
/// <param name="own">The name that this client gives to the dispatcher's cluster, or null.</param>
internal sealed class ContentParts(ServiceTarget target, bool isWhole, string? own)
{
    // 8 KB. One array of 60,000 pods would be copied as it grows, and the collector would treat it as a large object.
    private const int PieceLength = 1024;

    private static readonly Dictionary<string, LeftOutReason> s_reasons =
        Enum.GetValues<LeftOutReason>().ToDictionary(EndpointWords.Of, StringComparer.Ordinal);

    private static readonly Dictionary<string, EndpointWarningKind> s_kinds =
        Enum.GetValues<EndpointWarningKind>().ToDictionary(EndpointWords.Of, StringComparer.Ordinal);

    private readonly List<LeftPod> _left = [];
    private List<PodEndpoint[]>? _pieces;
    private List<PodEndpoint> _endpoints = [];
    private List<LeftOutPod>? _leftOut;
    private List<EndpointWarning>? _warnings;
    private string? _stated;
    private string? _reason;
    private long? _version;
    private DateTimeOffset? _staleSince;

    /// <summary>Reads the value of a member, or enters its list.</summary>
    public void ReadValue(scoped ref Utf8JsonReader reader, ContentMember member)
    {
        switch (member)
        {
            case ContentMember.Target:
                _stated = JsonText.ReadText(ref reader, "target");
                break;
            case ContentMember.Version:
                _version = JsonText.ReadNumber(ref reader, "version");
                break;
            case ContentMember.StaleSince:
                _staleSince = JsonText.ReadTime(ref reader, "staleSince");
                break;
            case ContentMember.Reason:
                _reason = JsonText.ReadText(ref reader, "reason");
                break;
            default:
                JsonText.EnterArray(ref reader, ContentMembers.NameOf(member));
                BeginList(member);
                break;
        }
    }

    /// <summary>Adds a pod that is in the set.</summary>
    public void Add(PodEndpoint endpoint)
    {
        _endpoints.Add(endpoint);
        if (_endpoints.Count == PieceLength)
            EndPiece();
    }

    /// <summary>Reads one change. Only the present pod counts, not the kind of the change.</summary>
    public void ReadChange(scoped ref Utf8JsonReader reader, PodReader pods)
    {
        string? name = null;
        string? cluster = null;
        PodEndpoint? endpoint = null;
        while (JsonText.NextMember(ref reader))
        {
            if (reader.ValueTextEquals("pod"u8))
                name = JsonText.ReadStated(ref reader, "pod");
            else if (reader.ValueTextEquals("cluster"u8))
                cluster = JsonText.ReadText(ref reader, "cluster");
            else if (reader.ValueTextEquals("endpoint"u8))
                endpoint = ReadEndpoint(ref reader, pods);
            else
                JsonText.Skip(ref reader);
        }

        if (endpoint is not null)
            Add(endpoint);
        else
            _left.Add(new LeftPod(
                name ?? throw new WatchFormatException("it states a change of no pod"), ClusterNames.Join(own, cluster)));
    }

    /// <summary>Reads a pod that is left out, or a warning.</summary>
    public void ReadItem(scoped ref Utf8JsonReader reader, ContentMember member)
    {
        if (member == ContentMember.LeftOut)
            ReadLeftOut(ref reader);
        else
            ReadWarning(ref reader);
    }

    /// <summary>Returns the event, if it is complete.</summary>
    public WatchMessage.Content ToContent()
    {
        if (_stated != target.ToString())
            throw new WatchFormatException($"it answers for '{_stated}', which is not the target");
        if (_pieces is null)
            throw new WatchFormatException("it states no pods, not even that there are none");
        EndPiece();
        return new WatchMessage.Content
        {
            IsWhole = isWhole,
            Version = _version ?? throw new WatchFormatException("it states no version"),
            StaleSince = _staleSince,
            Reason = _staleSince is null ? null : _reason ?? throw new WatchFormatException("it is stale without a reason"),
            Endpoints = [.. _pieces],
            Left = [.. _left],
            LeftOut = _leftOut is null && !isWhole ? null : [.. _leftOut ?? []],
            Warnings = _warnings is null && !isWhole ? null : [.. _warnings ?? []],
        };
    }

    private void BeginList(ContentMember member)
    {
        if (member == ContentMember.LeftOut)
        {
            _leftOut = [];
        }
        else if (member == ContentMember.Warnings)
        {
            _warnings = [];
        }
        else
        {
            // The last of two lists counts, as for every member.
            _pieces = [];
            _endpoints = [];
            _left.Clear();
        }
    }

    private void EndPiece()
    {
        if (_endpoints.Count > 0)
            _pieces!.Add([.. _endpoints]);
        _endpoints.Clear();
    }

    private static PodEndpoint? ReadEndpoint(scoped ref Utf8JsonReader reader, PodReader pods)
    {
        reader.Read();
        return reader.TokenType switch
        {
            JsonTokenType.Null => null,
            JsonTokenType.StartObject => pods.Read(ref reader),
            _ => throw JsonText.Unexpected(ref reader, "endpoint"),
        };
    }

    private void ReadLeftOut(scoped ref Utf8JsonReader reader)
    {
        string? cluster = ReadCluster(reader);
        (string? name, string? reason, string? detail) = ReadThree(ref reader, "pod"u8, "reason"u8, "detail"u8);
        // A reason that only a later version knows still leaves the pod out.
        _leftOut!.Add(new LeftOutPod(
            name ?? throw new WatchFormatException("it leaves out a pod without a name"),
            s_reasons.GetValueOrDefault(reason ?? "", LeftOutReason.Malformed), detail ?? "")
        {
            Cluster = ClusterNames.Join(own, cluster),
        });
    }

    /// <summary>Looks ahead for the cluster of an item, which usually has none.</summary>
    private static string? ReadCluster(Utf8JsonReader ahead)
    {
        while (JsonText.NextMember(ref ahead))
        {
            if (ahead.ValueTextEquals("cluster"u8))
                return JsonText.ReadText(ref ahead, "cluster");
            JsonText.Skip(ref ahead);
        }

        return null;
    }

    private void ReadWarning(scoped ref Utf8JsonReader reader)
    {
        (string? kind, string? detail, _) = ReadThree(ref reader, "kind"u8, "detail"u8, "kind"u8);
        // A kind that only a later version knows has no value here. The dispatcher's own state, log and metric show it.
        if (s_kinds.TryGetValue(kind ?? "", out EndpointWarningKind known))
            _warnings!.Add(new EndpointWarning(known, detail ?? ""));
    }

    /// <summary>Reads the texts of three members of the object that the reader has just entered.</summary>
    private static (string? First, string? Second, string? Third) ReadThree(
        scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third)
    {
        (string? First, string? Second, string? Third) texts = default;
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
}
