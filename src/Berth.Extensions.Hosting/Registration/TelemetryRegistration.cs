using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Berth.Extensions.Hosting.Registration;

/// <summary>Gives Berth's meters and activities to the OpenTelemetry of the program. Nothing happens in a program without it.</summary>
internal static class TelemetryRegistration
{
    // All names of Berth's meters and sources of activities.
    private static readonly string[] s_names = ["Berth", "Berth.*"];

    /// <summary>The meters, unless the settings disable them.</summary>
    public static void AddBerthMeters(this IServiceCollection services) =>
        services.ConfigureOpenTelemetryMeterProvider(static (provider, metrics) =>
        {
            if (!SettingsOf(provider).DisableMetrics)
                metrics.AddMeter(s_names);
        });

    /// <summary>The activities, unless the settings disable them.</summary>
    public static void AddBerthActivities(this IServiceCollection services) =>
        services.ConfigureOpenTelemetryTracerProvider(static (provider, tracing) =>
        {
            if (!SettingsOf(provider).DisableTracing)
                tracing.AddSource(s_names);
        });

    private static BerthSettings SettingsOf(IServiceProvider provider) => provider.GetRequiredService<IOptions<BerthSettings>>().Value;
}
