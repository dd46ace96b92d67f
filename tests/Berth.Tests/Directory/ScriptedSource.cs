using System.Threading.Channels;

namespace Berth.Tests.Directory;

/// <summary>A source whose every reading the test decides: a snapshot, or a failure.</summary>
internal sealed class ScriptedSource : IEndpointSource, IAsyncDisposable
{
    public List<ScriptedStream> Streams { get; } = [];

    public bool Disposed { get; private set; }

    public IEndpointStream Open(ServiceTarget target, PortScheme ports)
    {
        ScriptedStream stream = new();
        Streams.Add(stream);
        return stream;
    }

    public ValueTask DisposeAsync()
    {
        Disposed = true;
        return default;
    }
}

internal sealed class ScriptedStream : IEndpointStream
{
    private readonly Channel<Func<EndpointSnapshot>> _script = Channel.CreateUnbounded<Func<EndpointSnapshot>>();
    private readonly SemaphoreSlim _reading = new(0);

    public bool Disposed { get; private set; }

    /// <summary>The exception of a cancelled read instead of an OperationCanceledException, as from a broken connection.</summary>
    public Exception? CancellationFault { get; set; }

    public void Push(EndpointSnapshot snapshot) => _script.Writer.TryWrite(() => snapshot);

    public void Fail(Exception exception) => _script.Writer.TryWrite(() => throw exception);

    /// <summary>Completes when the supervisor has come to read once more.</summary>
    public Task ReadAgainAsync() => _reading.WaitAsync(TestContext.Current.CancellationToken);

    public async ValueTask<EndpointSnapshot> ReadAsync(CancellationToken cancellationToken)
    {
        _reading.Release();
        try
        {
            return (await _script.Reader.ReadAsync(cancellationToken))();
        }
        catch (OperationCanceledException) when (CancellationFault is not null)
        {
            throw CancellationFault;
        }
    }

    public ValueTask DisposeAsync()
    {
        Disposed = true;
        return default;
    }
}
