namespace Berth.Kubernetes.Http;

/// <summary>Reading ahead does not change the bytes of a connection, only the number of reads.</summary>
public sealed class ReadAheadStreamTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(4096)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(100_000)]
    public async Task Pieces_of_any_size_give_the_same_bytes(int ask)
    {
        Random random = new(ask);
        byte[] sent = new byte[300_000];
        random.NextBytes(sent);
        Pieces inner = new();
        for (int at = 0; at < sent.Length;)
        {
            int length = Math.Min(random.Next(1, random.Next(2) == 0 ? 5000 : 80_000), sent.Length - at);
            inner.Arrive(sent.AsSpan(at, length));
            at += length;
        }

        inner.End();
        await using ReadAheadStream stream = new(inner);
        List<byte> read = [];
        byte[] into = new byte[ask];
        while (await stream.ReadAsync(into, Token) is > 0 and int count)
            read.AddRange(into.AsSpan(0, count));
        Assert.Equal(sent, read);
        Assert.Equal(0, await stream.ReadAsync(into, Token));
    }

    [Fact]
    public async Task Small_reads_of_much_data_rarely_read_the_socket()
    {
        Pieces inner = new();
        inner.Arrive(new byte[1_000_000]);
        await using ReadAheadStream stream = new(inner);
        byte[] into = new byte[4096];
        for (int read = 0; read < 1_000_000;)
            read += await stream.ReadAsync(into, Token);
        Assert.InRange(inner.Asked.Count, 2, 20);
        Assert.Equal(4096, inner.Asked[0]);
    }

    [Fact]
    public async Task Read_of_little_data_asks_for_the_readers_size_only()
    {
        Pieces inner = new();
        await using ReadAheadStream stream = new(inner);
        byte[] into = new byte[4096];
        for (int i = 0; i < 3; i++)
        {
            inner.Arrive(new byte[1000]);
            Assert.Equal(1000, await stream.ReadAsync(into, Token));
        }

        Assert.Equal([4096, 4096, 4096], inner.Asked);
    }

    [Fact]
    public async Task Buffer_is_released_after_a_burst()
    {
        Pieces inner = new();
        inner.Arrive(new byte[4096 + 5000]);
        await using ReadAheadStream stream = new(inner);
        byte[] into = new byte[4096];
        Assert.Equal(4096, await stream.ReadAsync(into, Token));
        Assert.Equal(4096, await stream.ReadAsync(into, Token));
        Assert.Equal(904, await stream.ReadAsync(into, Token));
        inner.Arrive(new byte[10]);
        Assert.Equal(10, await stream.ReadAsync(into, Token));
        Assert.Equal([4096, 65_536, 4096], inner.Asked);
    }

    [Fact]
    public async Task Zero_byte_read_waits_for_data()
    {
        Pieces inner = new();
        await using ReadAheadStream stream = new(inner);
        ValueTask<int> waiting = stream.ReadAsync(Memory<byte>.Empty, Token);
        Assert.False(waiting.IsCompleted);
        inner.Arrive(new byte[5000]);
        Assert.Equal(0, await waiting);
        byte[] into = new byte[4096];
        Assert.Equal(4096, await stream.ReadAsync(into, Token));
        Assert.Equal(100, await stream.ReadAsync(into.AsMemory(0, 100), Token));
        // The rest is here already, and the socket, which has nothing more, is not asked.
        Assert.Equal(0, await stream.ReadAsync(Memory<byte>.Empty, Token));
        Assert.Equal(804, await stream.ReadAsync(into, Token));
    }

    [Fact]
    public async Task A_cancelled_read_loses_nothing()
    {
        Pieces inner = new();
        byte[] sent = new byte[10_000];
        new Random(1).NextBytes(sent);
        inner.Arrive(sent.AsSpan(0, 4096));
        await using ReadAheadStream stream = new(inner);
        byte[] into = new byte[4096];
        Assert.Equal(4096, await stream.ReadAsync(into, Token));
        using CancellationTokenSource over = new();
        ValueTask<int> waiting = stream.ReadAsync(into, over.Token);
        await over.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waiting);
        inner.Arrive(sent.AsSpan(4096));
        Assert.Equal(100, await stream.ReadAsync(into.AsMemory(0, 100), Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream.ReadAsync(into, over.Token).AsTask());
        Assert.Equal(4096, await stream.ReadAsync(into, Token));
        Assert.Equal(sent[4196..8292], into);
    }

    [Fact]
    public async Task Broken_connection_is_reported_after_the_received_events()
    {
        Pieces inner = new();
        inner.Arrive(new byte[6000]);
        inner.Break();
        await using ReadAheadStream stream = new(inner);
        byte[] into = new byte[4096];
        Assert.Equal(4096, await stream.ReadAsync(into, Token));
        Assert.Equal(1904, await stream.ReadAsync(into, Token));
        await Assert.ThrowsAsync<IOException>(() => stream.ReadAsync(into, Token).AsTask());
    }

    [Fact]
    public async Task Disposal_closes_the_connection()
    {
        Pieces inner = new();
        await new ReadAheadStream(inner).DisposeAsync();
        Assert.True(inner.IsDisposed);
    }

    /// <summary>
    /// A socket: it returns arrived bytes, waits when there are none, and records the size of each read.
    /// </summary>
    private sealed class Pieces : MemoryStream
    {
        private readonly Queue<byte> _arrived = new();
        private TaskCompletionSource _change = new();
        private bool _ended;
        private bool _broken;

        public List<int> Asked { get; } = [];

        public bool IsDisposed { get; private set; }

        public void Arrive(ReadOnlySpan<byte> bytes)
        {
            foreach (byte b in bytes)
                _arrived.Enqueue(b);
            Tell();
        }

        public void End()
        {
            _ended = true;
            Tell();
        }

        public void Break()
        {
            _broken = true;
            Tell();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!buffer.IsEmpty)
                Asked.Add(buffer.Length);
            while (_arrived.Count == 0 && !_ended && !_broken)
                await _change.Task.WaitAsync(cancellationToken);
            if (_arrived.Count == 0 && _broken)
                throw new IOException("broken");
            int count = Math.Min(buffer.Length, _arrived.Count);
            for (int i = 0; i < count; i++)
                buffer.Span[i] = _arrived.Dequeue();
            return count;
        }

        protected override void Dispose(bool disposing)
        {
            IsDisposed = true;
            base.Dispose(disposing);
        }

        private void Tell()
        {
            TaskCompletionSource before = _change;
            _change = new TaskCompletionSource();
            before.SetResult();
        }
    }
}
