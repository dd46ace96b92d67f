using System.Text.Json;
using Berth.Seats.Desks;
using Berth.Seats.Wire;

namespace Berth.Dispatcher.Tests.Seats.Histories;

/// <summary>The faults of one request for reservations.</summary>
internal enum NetworkFault
{
    None,
    LostRequest,
    LostAnswer,
    Duplicated,
}

/// <summary>The network between one dispatcher and the desks.</summary>
/// <param name="dispatcher">The number of the dispatcher.</param>
/// <param name="find">Finds the life of the desk on a port, or null when none listens.</param>
internal sealed class SimulatedNetwork(int dispatcher, Func<int, SimulatedDesk?> find) : HttpMessageHandler
{
    private readonly HashSet<int> _cut = [];
    private NetworkFault _next;

    /// <summary>The hashes of idempotency keys whose answers were lost after the desk had done its part, each as often.</summary>
    public List<UInt128> Lost { get; } = [];

    /// <summary>True when desks answer nothing more: no stream can be opened.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Something that happens between the desk's part and the arrival of its answer.</summary>
    public Func<Task>? BeforeAnswer { get; set; }

    public void Cut(int port) => Change(() => _cut.Add(port));

    public void Heal(int port) => Change(() => _cut.Remove(port));

    public bool IsCut(int port)
    {
        lock (_cut)
            return _cut.Contains(port);
    }

    /// <summary>Sets the fault of the next request for reservations.</summary>
    public void SetNext(NetworkFault fault) => Change(() => _next = fault);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        int port = request.RequestUri!.Port;
        if (IsCut(port) || find(port) is not { } desk)
            throw new HttpRequestException("the connection was refused");
        if (IsSilent)
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        if (request.RequestUri.AbsolutePath == "/v1/watch")
            return desk.OpenStream(dispatcher);
        NetworkFault fault = request.RequestUri.AbsolutePath == "/v1/reservations" ? TakeFault() : NetworkFault.None;
        if (fault == NetworkFault.LostRequest)
            throw new HttpRequestException("the request was lost");
        if (fault == NetworkFault.Duplicated)
            (await desk.AnswerAsync(request)).Dispose();
        HttpResponseMessage answer = await desk.AnswerAsync(request);
        if (BeforeAnswer is not null)
            await BeforeAnswer();
        if (fault != NetworkFault.LostAnswer)
            return answer;
        answer.Dispose();
        ReserveBatch batch = JsonSerializer.Deserialize(
            await request.Content!.ReadAsByteArrayAsync(cancellationToken), WireJson.Default.ReserveBatch)!;
        lock (_cut)
            Lost.AddRange(batch.Requests.Select(static r => IdempotencyKey.Hash(r.IdempotencyKey)));
        throw new HttpRequestException("the answer was lost");
    }

    private NetworkFault TakeFault()
    {
        lock (_cut)
        {
            NetworkFault fault = _next;
            _next = NetworkFault.None;
            return fault;
        }
    }

    private void Change(Action change)
    {
        lock (_cut)
            change();
    }
}
