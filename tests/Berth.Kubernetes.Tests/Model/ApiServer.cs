using System.Globalization;
using System.Text;
using Berth.Kubernetes.InProcess;

namespace Berth.Kubernetes.Model;

/// <summary>An API server that serves the cluster, with its habits and faults.</summary>
internal sealed class ApiServer(Cluster cluster, Habits habits, Random random, TimeProvider time, Action<string> note)
{
    // A client that sends more requests than this while the clock stands still has lost its backoff.
    private const int MaxRequests = 100;

    private readonly List<OpenWatch> _watches = [];
    private readonly Queue<RequestFault> _faults = new();

    public ServedSlices Slices { get; } = new(cluster, habits, time);

    public ServedNodes Nodes { get; } = new(cluster, habits, time);

    /// <summary>True after a client got the answer that it may not read nodes.</summary>
    public bool HasForbiddenNodes { get; private set; }

    /// <summary>The newest version that this server knows, or null when it does not lag.</summary>
    public long? Lag { get; set; }

    /// <summary>The oldest version from which a watch can start.</summary>
    public long Compacted { get; private set; }

    /// <summary>True while a client watches a kind from an existing version.</summary>
    public bool IsWatched(ServedKind kind) => _watches.Exists(w => w.Kind == kind && !w.Body.IsOver && w.From <= cluster.Version);

    /// <summary>The only open watch of a kind, if it has sent everything. Null when there is no such watch, or more than one.</summary>
    public OpenWatch? OnlyHearing(ServedKind kind)
    {
        OpenWatch[] open = [.. _watches.Where(w => w.Kind == kind && !w.Body.IsOver)];
        return open.Length == 1 && !open[0].IsSilent && open[0].From <= cluster.Version && Lag is null && !kind.OnlyListTells
            ? open[0]
            : null;
    }

    /// <summary>True while a watch is open on which nothing is sent.</summary>
    public bool HasSilentWatch => _watches.Exists(static w => w.IsSilent && !w.Body.IsOver);

    public void FailNext(RequestFault fault) => _faults.Enqueue(fault);

    public void Recover()
    {
        _faults.Clear();
        Lag = null;
    }

    public void Compact() => Compacted = cluster.Version;

    public void TimePassed()
    {
        Slices.TimePassed();
        Nodes.TimePassed();
    }

    /// <summary>Sends all outstanding events to all watches.</summary>
    public void Pump()
    {
        foreach (OpenWatch watch in _watches.ToArray())
        {
            watch.Send(Lag ?? cluster.Version);
            if (watch.Body.IsOver)
                _watches.Remove(watch);
        }
    }

    public void ForEachWatch(Action<OpenWatch> act)
    {
        foreach (OpenWatch watch in _watches.ToArray())
            act(watch);
    }

    /// <summary>Called before the store goes back to an earlier state.</summary>
    public void SetBack(long version)
    {
        Slices.SetBack(cluster.Version, version, habits);
        Nodes.SetBack(cluster.Version, version, habits);
    }

    /// <summary>Called after the store went back to an earlier state: later versions no longer exist.</summary>
    public void Restart()
    {
        Compacted = Math.Min(Compacted, cluster.Version);
        Lag = null;
        ForEachWatch(static w => w.Body.Break());
        _watches.Clear();
    }

    public Task<HttpResponseMessage> Serve(InProcessRequest request, CancellationToken cancellationToken)
    {
        ServedKind kind = request.IsNodes ? Nodes : Slices;
        kind.Asked();
        if (kind.Requests > MaxRequests)
            throw new HistoryException($"{MaxRequests} requests came while no time passed, the last {request}");
        note($"{(request.IsWatch ? "watch" : "list")}{(request.IsNodes ? " of nodes" : "")} {request.Description}");
        if (!_faults.TryDequeue(out RequestFault fault))
            return Task.FromResult(request.IsWatch ? Watch(kind, request) : List(kind, request));
        HasForbiddenNodes |= request.IsNodes && fault == RequestFault.Forbidden403;
        if (fault == RequestFault.Hangs)
            return Hang(cancellationToken);
        if (fault == RequestFault.Refused)
            throw new HttpRequestException(
                "Connection refused", new System.Net.Sockets.SocketException((int)System.Net.Sockets.SocketError.ConnectionRefused));
        HttpResponseMessage answer = Fail(fault, kind, request);
        // The client counts the headers of a watch as a confirmation, even if the watch then fails.
        if (request.IsWatch && answer.IsSuccessStatusCode && fault != RequestFault.Html200)
            kind.Spoke();
        return Task.FromResult(answer);
    }

    private static async Task<HttpResponseMessage> Hang(CancellationToken cancellationToken)
    {
        TaskCompletionSource never = new();
        using CancellationTokenRegistration cancelled = cancellationToken.UnsafeRegister(
            _ => never.TrySetCanceled(cancellationToken), null);
        await never.Task.ConfigureAwait(false);
        throw new InvalidOperationException();
    }

    private HttpResponseMessage Fail(RequestFault fault, ServedKind kind, InProcessRequest request)
    {
        switch (fault)
        {
            case RequestFault.Error500: return Status(500, "InternalError");
            case RequestFault.Unavailable503: return Status(503, "ServiceUnavailable", retryAfter: 2);
            case RequestFault.TooMany429: return Status(429, "TooManyRequests", retryAfter: 3);
            case RequestFault.Unauthorized401: return Status(401, "Unauthorized");
            case RequestFault.Forbidden403: return Status(403, "Forbidden");
            case RequestFault.Gone410: return Status(410, "Expired");
            case RequestFault.TooLarge504: return Status(504, "Timeout", retryAfter: 1, cause: "ResourceVersionTooLarge");
            case RequestFault.Html200: return PushBody.Whole(200, "<html>Log in</html>", "text/html");
            case RequestFault.EmptyObject: return PushBody.Whole(200, "{}");
            case RequestFault.OtherKind: return PushBody.Whole(
                200, """{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"5"},"items":[]}""");
            case RequestFault.NoVersion: return PushBody.Whole(
                200, """{"kind":"EndpointSliceList","apiVersion":"discovery.k8s.io/v1","metadata":{},"items":[]}""");
            case RequestFault.Empty: return PushBody.Whole(200, "");
            default: return InHalf(kind, request, broken: fault == RequestFault.BrokenInHalf);
        }
    }

    /// <summary>The correct answer, but only a part of it.</summary>
    private HttpResponseMessage InHalf(ServedKind kind, InProcessRequest request, bool broken)
    {
        string whole =
            request.IsWatch
                ? """{"type":"MODIFIED","object":{"kind":"EndpointSlice","metadata":"""
                    + """{"name":"service-b-v40","resourceVersion":"9999"}}}""" + "\n"
            : kind.List(Text(cluster.Version), null, kind.At(cluster.Version));
        byte[] bytes = Encoding.UTF8.GetBytes(whole);
        PushBody body = new();
        body.Push(bytes.AsMemory(0, random.Next(1, bytes.Length - 1)));
        if (broken)
            body.Break();
        else
            body.End();
        return body.Answer();
    }

    private HttpResponseMessage List(ServedKind kind, InProcessRequest request)
    {
        long version = cluster.Version;
        int from = 0;
        if (request.Query("continue") is { } token)
        {
            int[] parts = [.. token.Split(':').Select(static p => int.Parse(p, CultureInfo.InvariantCulture))];
            (version, from) = (parts[0], parts[1]);
            if (version < Compacted || version > cluster.Version)
                return Status(410, "Expired");
        }
        else if (request.Query("resourceVersion") is { Length: > 0 } text)
        {
            // Without a version the answer comes from the store itself, which never lags.
            long asked = long.Parse(text, CultureInfo.InvariantCulture);
            version = Lag ?? cluster.Version;
            if (version < asked && !(habits.LagsSilently && Lag is not null))
                return Status(504, "Timeout", retryAfter: 1, cause: "ResourceVersionTooLarge");
        }

        string[] all = [.. kind.At(version)];
        int most = request.Query("limit") is { } limit ? habits.PageSize ?? int.Parse(limit, CultureInfo.InvariantCulture) : int.MaxValue;
        string? next = all.Length - from > most ? string.Create(CultureInfo.InvariantCulture, $"{version}:{from + most}") : null;
        kind.Spoke();
        kind.Listed();
        string list = kind.List(Text(version), next, all.Skip(from).Take(most));
        return IsProtobuf(kind, request)
            ? PushBody.Whole(200, ProtobufWire.Object(list)!, ProtobufWire.ContentType)
            : PushBody.Whole(200, list);
    }

    private HttpResponseMessage Watch(ServedKind kind, InProcessRequest request)
    {
        bool streaming = request.Query("sendInitialEvents") == "true";
        if (streaming && habits.Streaming == 0)
            return Status(422, "Invalid");
        bool any = request.Query("resourceVersion") is not { Length: > 0 };
        long now = any ? cluster.Version : Lag ?? cluster.Version;
        long asked = any ? now : long.Parse(request.Query("resourceVersion")!, CultureInfo.InvariantCulture);
        kind.Spoke();
        if (!streaming && asked < Compacted)
            return habits.GoneAsStatus ? Status(410, "Expired") : Refusal(kind, request, StatusJson(410, "Expired", null, null));
        if (asked > now && habits.Future > 0)
        {
            string tooLarge = StatusJson(504, "Timeout", 1, "ResourceVersionTooLarge");
            return habits.Future == 1 ? Refusal(kind, request, tooLarge) : PushBody.Whole(504, tooLarge);
        }

        OpenWatch watch = new(kind, habits, random, streaming ? now : asked, IsProtobuf(kind, request));
        _watches.Add(watch);
        if (streaming)
        {
            if (habits.Streaming == 1)
                kind.Listed();
            watch.SendAll(now, ended: habits.Streaming == 1);
        }

        watch.Send(now);
        return watch.Answer();
    }

    /// <summary>A watch of one ERROR event.</summary>
    private HttpResponseMessage Refusal(ServedKind kind, InProcessRequest request, string json)
    {
        OpenWatch watch = new(kind, habits, random, 0, IsProtobuf(kind, request));
        watch.Raw($$"""{"type":"ERROR","object":{{json}}}""" + "\n");
        watch.Body.End();
        return watch.Answer();
    }

    private bool IsProtobuf(ServedKind kind, InProcessRequest request) =>
        habits.KnowsProtobuf && request.PrefersProtobuf && kind == Slices;

    private static HttpResponseMessage Status(int code, string reason, int? retryAfter = null, string? cause = null) =>
        PushBody.Whole(code, StatusJson(code, reason, retryAfter, cause));

    private static string StatusJson(int code, string reason, int? retryAfter, string? cause) =>
        Json.Status(code, reason, "as the history wants it", retryAfter, cause);

    private static string Text(long version) => version.ToString(CultureInfo.InvariantCulture);
}
