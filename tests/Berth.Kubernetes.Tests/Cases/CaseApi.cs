using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Berth.Kubernetes.InProcess;

namespace Berth.Kubernetes.Cases;

/// <summary>
/// The slices, and an API server for them. Its only fault is that it can be away for a while. The model gets the same events as the client,
/// at the same moment.
/// </summary>
// The client that reads a body disposes of it.
#pragma warning disable CA1001
internal sealed class CaseApi(CaseModel model)
{
    private readonly List<CaseWrite> _writes = [];
    private PushBody? _watch;
    private long _sent;

    /// <summary>The slices as they are.</summary>
    public ImmutableSortedDictionary<string, CaseSlice> Slices { get; private set; } =
        ImmutableSortedDictionary.Create<string, CaseSlice>(StringComparer.Ordinal);

    /// <summary>The version of the newest write.</summary>
    public long Version { get; private set; } = 100;

    /// <summary>True while no request is answered.</summary>
    public bool IsGone { get; private set; }

    /// <summary>True when all events were sent.</summary>
    public bool HasToldAll => _watch is { IsOver: false } && _sent == Version;

    /// <summary>Writes a slice, or with null deletes it.</summary>
    public void Write(string name, CaseSlice? after)
    {
        if (after is null && !Slices.ContainsKey(name))
            return;
        Version++;
        CaseSlice? before = Slices.GetValueOrDefault(name);
        CaseSlice? written = after is null ? null : after with { Version = Version };
        Slices = written is null ? Slices.Remove(name) : Slices.SetItem(name, written);
        _writes.Add(new CaseWrite(Version, before, written));
        Tell();
    }

    /// <summary>The watch ends in a way that only a list helps.</summary>
    public void Expire()
    {
        if (_watch is not { IsOver: false } watch)
            return;
        _watch = null;
        watch.Push(Encoding.UTF8.GetBytes($$"""{"type":"ERROR","object":{{Json.Expired}}}""" + "\n"));
    }

    /// <summary>The watch breaks, and no request is answered.</summary>
    public void Leave()
    {
        IsGone = true;
        model.Lost();
        _watch?.Break();
        _watch = null;
    }

    /// <summary>Requests are answered again.</summary>
    public void Return() => IsGone = false;

    /// <summary>Answers a request.</summary>
    public Task<HttpResponseMessage> Serve(InProcessRequest request)
    {
        if (IsGone)
            throw new HttpRequestException(
                "Connection refused", new System.Net.Sockets.SocketException((int)System.Net.Sockets.SocketError.ConnectionRefused));
        if (!request.IsWatch)
        {
            model.Listed(Ours(Slices));
            return Task.FromResult(
                PushBody.Whole(200, Json.List(Text(Version), [.. Ours(Slices).Select(static s => s.ToJson())])));
        }

        _watch = new PushBody();
        _sent = long.Parse(request.Query("resourceVersion")!, CultureInfo.InvariantCulture);
        model.Watched();
        Tell();
        return Task.FromResult(_watch.Answer());
    }

    private static IEnumerable<CaseSlice> Ours(ImmutableSortedDictionary<string, CaseSlice> slices) =>
        slices.Values.Where(static s => s.IsOurs);

    private static string Text(long version) => version.ToString(CultureInfo.InvariantCulture);

    private void Tell()
    {
        if (_watch is not { IsOver: false } watch)
            return;
        foreach (CaseWrite write in _writes.Where(w => w.Version > _sent).ToArray())
        {
            _sent = write.Version;
            CaseSlice? before = write.Before is { IsOurs: true } was ? was : null;
            CaseSlice? after = write.After is { IsOurs: true } now ? now : null;
            if (before is null && after is null)
                continue;
            model.Heard(before?.Name ?? after!.Name, after);
            string type = after is null ? "DELETED" : before is null ? "ADDED" : "MODIFIED";
            string body = (after ?? before! with { Version = write.Version }).ToJson();
            watch.Push(Encoding.UTF8.GetBytes($$"""{"type":"{{type}}","object":{{body}}}""" + "\n"));
        }
    }

    private sealed record CaseWrite(long Version, CaseSlice? Before, CaseSlice? After);
}
