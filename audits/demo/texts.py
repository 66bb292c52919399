"""What the demo's reports say: an invented rolling mill, told in both languages."""

from __future__ import annotations

SECTIONS: dict[str, str] = {
    "commitment": "公司总经理于动员会上签署承诺书，批准审核专项预算30万元。\nThe general manager signed the commitment at the kick-off meeting and set aside CNY 300,000 for the audit.",
    "plan": "七个阶段计划在九个月内完成，每月第一个星期一检查进度。\nThe seven stages are planned over nine months; progress is checked on the first Monday of each month.",
    "training": "开展培训两场，126名员工参加，其中夜班人员41名。\nTwo sessions were held for 126 employees, 41 of them from the night shift.",
    "obstacles": "部分班组担心审核影响产量；通过试点班组的数据消除了顾虑。\nSome crews feared for output; the figures of a pilot crew settled it.",
    "profile": "公司年产热轧棒材42万吨，设加热炉两座、轧线一条，员工480人。\nThe mill makes 420,000 t of hot-rolled bars a year with two reheating furnaces, one line and 480 people.",
    "consumption": "近三年吨钢耗新水3.9、3.7、3.6立方米，吨钢电耗118、116、115千瓦时。\nFresh water per tonne fell from 3.9 to 3.6 m³ in three years, electricity from 118 to 115 kWh.",
    "discharges": "浊环水系统排放COD年均28吨，三个月出现超标；氧化铁皮年产生量6200吨。\nThe scale-pit circuit discharges 28 t of COD a year, above the limit in three months; 6,200 t of mill scale arise.",
    "focus": "按权重总和计分排序法，加热炉车间322分、轧制车间293分、精整车间209分，确定加热炉车间为审核重点。\nBy weighted sums the furnace shop scored 322, rolling 293 and finishing 209; the furnace shop is the focus.",
    "targets": "基准年2025年：吨钢新水由3.6降至3.2立方米，COD由28吨降至20吨，年底完成。\nBaseline 2025: fresh water from 3.6 to 3.2 m³/t and COD from 28 to 20 t, by the end of the round.",
    "first_options": "修复蒸汽疏水阀、更换破损保温层即可实施。\nLeaking steam traps and broken insulation can be mended at once.",
    "process": "装料、预热、加热、均热、出料、除鳞六个单元操作。\nSix unit operations: charging, preheating, heating, soaking, discharging, descaling.",
    "balance": "连续72小时实测：水平衡偏差2.1%，物料平衡偏差1.4%，均在5%以内。\nMeasured over 72 hours: the water balance deviates by 2.1 %, the material balance by 1.4 %, both within 5 %.",
    "causes": "空燃比控制滞后（过程控制）、炉门密封老化（设备）、除鳞水压过高（管理）。\nSlow air-fuel control (process control), worn door seals (equipment), descaling pressure set too high (management).",
    "generation": "收到合理化建议57条，合并整理为备选方案。\nFifty-seven suggestions were received and merged into the register.",
    "screening": "按环境效果、经济性、技术性、可实施性加权评分筛选。\nScored by environmental effect, economy, technique and ease.",
    "interim": "无/低费方案已实施，年节水2.4万立方米。\nThe no- and low-cost options carried out so far save 24,000 m³ of water a year.",
    "technical": "各中/高费方案技术成熟，停产时间合计不超过9天。\nThe techniques are mature; together they need no more than nine days of standstill.",
    "environmental": "减少COD排放与天然气消耗，无二次污染。\nThey cut COD and natural gas and move no pollution elsewhere.",
    "economic": "按年净现金流量计算，投资偿还期1.9至3.0年，净现值均大于零。\nPayback by yearly net cash flow is 1.9 to 3.0 years; every net present value is positive.",
    "recommendation": "推荐全部可行方案，先实施凝结水回收。\nAll feasible options are recommended, condensate recovery first.",
    "results": "无/低费方案实测节水2.4万立方米、节电18万千瓦时。\nMeasured: 24,000 m³ of water and 180,000 kWh saved.",
    "attainment": "吨钢新水已达3.4立方米，目标3.2立方米将在凝结水回收投运后达到。\nFresh water stands at 3.4 m³/t; the target of 3.2 is reached when the condensate is recovered.",
    "organisation": "设立清洁生产办公室，由生产副总负责，专职人员2名。\nA cleaner production office with two full-time people reports to the deputy for production.",
    "system": "将清洁生产指标纳入班组考核，节约收益的5%用于奖励。\nIndicators are part of the crews' assessment; 5 % of what is saved goes into rewards.",
    "next_round": "下一轮审核计划三年后启动，重点为精整车间。\nThe next round begins in three years, with the finishing shop as focus.",
    "conclusion": "本轮审核提出方案6项，投资与年效益之比合理，达到清洁生产目标的路径明确。\nThe round found six options whose benefits justify their cost; the way to the targets is clear.",
}

# title, description, aspect, investment, yearly benefit (yuan), metric, amount, unit, days until due
OPTIONS = (
    ("修复蒸汽疏水阀 / Repair leaking steam traps", "更换失效疏水阀38只。Replace 38 failed traps.", "equipment", "0", "126000", "steam", "1900", "t", 20),
    ("降低除鳞水压 / Lower the descaling pressure", "由21 MPa降至18 MPa。From 21 to 18 MPa.", "control", "8000", "92000", "electricity", "180000", "kWh", 30),
    ("更换炉门密封 / Renew the furnace door seals", "陶瓷纤维密封。Ceramic fibre seals.", "equipment", "46000", "158000", "natural_gas", "52000", "m3", 60),
    ("凝结水回收 / Recover condensate", "回收至锅炉给水。Back into the boiler feed.", "waste", "380000", "196000", "fresh_water", "48000", "m3", 160),
    ("浊环水深度处理 / Treat the scale-pit water further", "稀土磁盘分离。Magnetic disc separation.", "technology", "1250000", "410000", "cod", "9.5", "t", 240),
    ("直燃式氧化炉 / Direct-fired oxidiser", "投资过高，节能有限。Too costly for what it saves.", "technology", "5200000", "310000", "vocs", "3.2", "t", 0),
)  # fmt: skip
