using System.Diagnostics.Metrics;

namespace Berth.TestKit;

/// <summary>Counts the instruments that are created on a meter, while this object lives.</summary>
public sealed class InstrumentCount : IDisposable
{
    private readonly MeterListener _listener = new();
    private int _value;

    public InstrumentCount(Meter meter)
    {
        _listener.InstrumentPublished = (instrument, _) =>
        {
            if (ReferenceEquals(instrument.Meter, meter))
                Interlocked.Increment(ref _value);
        };
        _listener.Start();
    }

    public int Value => Volatile.Read(ref _value);

    public void Dispose() => _listener.Dispose();
}
