using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Extensions.Hosting;

/// <summary>The context that a source is created from: the services of the program, and its own section of the configuration.</summary>
public sealed class BerthSourceContext
{
    internal BerthSourceContext(IServiceProvider services, IConfigurationSection configuration)
    {
        Services = services;
        Configuration = configuration;
    }

    /// <summary>The services of the program.</summary>
    public IServiceProvider Services { get; }

    /// <summary>
    /// The section of the source, <c>Berth:NAME</c>. It may be empty. <see cref="IConfigurationSection.Path"/> is for messages.
    /// </summary>
    public IConfigurationSection Configuration { get; }

    /// <summary>The clock of the program: the registered <see cref="System.TimeProvider"/>, else the system's.</summary>
    public TimeProvider TimeProvider => Services.GetService<TimeProvider>() ?? TimeProvider.System;

    /// <summary>The loggers of the program.</summary>
    public ILoggerFactory LoggerFactory => Services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;
}
