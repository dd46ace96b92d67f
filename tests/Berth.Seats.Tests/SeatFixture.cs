using Berth.Seats.Books;
using Berth.TestKit;

namespace Berth.Seats.Tests;

/// <summary>Desks on the clock of a test, with a key file of their own.</summary>
internal sealed class SeatFixture : IDisposable
{
    public const string Secret = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
    public const string OtherSecret = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=";

    private readonly List<SeatDesk> _desks = [];
    private UInt128 _lastId;

    public TestClock Clock { get; } = new();

    public TestFolder Folder { get; } = new();

    public List<BookChange> Changes { get; } = [];

    public string KeyFile { get; private set; } = "";

    public static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static PodIdentity Pod(string name = "lobby-0") => PodIdentity.FromEnvironment(
        variable => variable == PodIdentity.NameVariable ? name : variable == PodIdentity.NamespaceVariable ? "games" : null);

    public string WriteKeys(string text) => KeyFile = Folder.Write("keys", text);

    public SeatDesk Create(int capacity = 4, string pod = "lobby-0", string? uid = null, TimeProvider? time = null,
        (string Certificate, string Key)? tls = null, int connections = 256)
    {
        if (KeyFile.Length == 0)
            WriteKeys($"new={Secret}\n");
        SeatDesk desk = new(
            new SeatDeskOptions
            {
                Pod = Pod(pod),
                PodUid = uid,
                Capacity = capacity,
                KeyFile = KeyFile,
                CertificateFile = tls?.Certificate,
                CertificateKeyFile = tls?.Key,
                MaxConnections = connections,
                TimeProvider = time ?? Clock,
            },
            NextId,
            Changes.Add);
        _desks.Add(desk);
        return desk;
    }

    public static SeatRequest Request(int seats = 1, double seconds = 30, string? key = null, UInt128 idempotency = default) =>
        new(seats, TimeSpan.FromSeconds(seconds), key, idempotency);

    // Many threads ask for one.
    private UInt128 NextId()
    {
        lock (_desks)
            return ++_lastId;
    }

    public void Dispose()
    {
        foreach (SeatDesk desk in _desks)
            desk.Dispose();
        Folder.Dispose();
    }
}
